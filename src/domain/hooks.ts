import type { ContainerPolicy } from "./policy.ts";
import { redactText } from "./recipe/redact-text.ts";
import type { ContainerState } from "./unit.ts";

export const hookNames = [
  "pre_backup",
  "pre_freeze",
  "post_freeze",
  "post_backup",
  "pre_restore",
  "post_restore",
] as const;

/** A program of the configuration, run on the host. */
export type HookName = (typeof hookNames)[number];

/** A command of a label, run in a container. */
export type LabelHookName = "exec.pre" | "exec.post";

/** A program and its arguments. */
export type HookCommand = readonly [string, ...string[]];

export type UnitHooks = Readonly<Partial<Record<HookName, HookCommand>>>;

export interface HostHook {
  readonly hook: HookName;
  readonly argv: HookCommand;
}

/** A container as it is found again, also when it was replaced meanwhile. */
export interface HookPlace {
  readonly id: string;
  readonly name: string;
  readonly project?: string;
  readonly service?: string;
  readonly number: number;
}

export interface LabelHook {
  readonly hook: LabelHookName;
  readonly container: HookPlace;
  /** For `/bin/sh -c`. */
  readonly command: string;
}

export type Hook = HostHook | LabelHook;

/** The hooks of one run of a unit, in their order. */
export interface HookPlan {
  /** Before all work. */
  readonly begin: readonly Hook[];
  /** Right before the unit is stopped. */
  readonly freeze: readonly Hook[];
  /** After the start, always. */
  readonly post: readonly Hook[];
  /** Labels that are not heeded, and why. */
  readonly skipped: readonly string[];
  /** Seconds that each may take. */
  readonly limit: number;
}

export type HookStatus = "succeeded" | "warning" | "failed" | "cancelled";

/** How a command ended. */
export interface CommandEnd {
  /** Undefined where it did not end by itself. */
  readonly code?: number;
  /** It was ended: it took too long, or the run was cancelled. */
  readonly ended?: "limit" | "cancelled";
  /** Why it did not start, or cannot be ended. */
  readonly failure?: string;
}

interface HookPolicy {
  readonly hooks: UnitHooks;
  readonly hookTimeout: number;
  readonly containers: Readonly<Record<string, ContainerPolicy>>;
}

/** What is known of a member that may have labels. */
export interface HookMember extends HookPlace {
  readonly state: ContainerState;
  readonly oneOff: boolean;
}

export function backupHooks(policy: HookPolicy, members: readonly HookMember[]): HookPlan {
  const before = labelHooks("exec.pre", policy, members);
  const after = labelHooks("exec.post", policy, members);
  return {
    begin: hostHook("pre_backup", policy),
    freeze: [...before.hooks, ...hostHook("pre_freeze", policy)],
    post: [...hostHook("post_freeze", policy), ...after.hooks, ...hostHook("post_backup", policy)],
    skipped: [...before.skipped, ...after.skipped],
    limit: policy.hookTimeout,
  };
}

export function restoreHooks(policy: Pick<HookPolicy, "hooks" | "hookTimeout">): HookPlan {
  return {
    begin: hostHook("pre_restore", policy),
    freeze: [],
    post: hostHook("post_restore", policy),
    skipped: [],
    limit: policy.hookTimeout,
  };
}

function hostHook(hook: HookName, { hooks }: Pick<HookPolicy, "hooks">): HostHook[] {
  const argv = hooks[hook];
  return argv === undefined ? [] : [{ hook, argv }];
}

/** Once a service, in the first of its containers that runs; services by name. */
function labelHooks(hook: LabelHookName, policy: HookPolicy, members: readonly HookMember[]) {
  const key = hook === "exec.pre" ? "execPre" : "execPost";
  const of = ({ name }: HookMember) => policy.containers[name]?.[key];
  const labelled = members.filter((member) => !member.oneOff && of(member) !== undefined);
  const services = Map.groupBy(labelled, ({ service, name }) => service ?? name);
  const hooks: LabelHook[] = [];
  const skipped: string[] = [];
  for (const [name, replicas] of [...services].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const running = replicas.filter(({ state }) => state === "running");
    const [first] = running.toSorted((a, b) => a.number - b.number);
    if (first === undefined) skipped.push(`${hook} of ${name} is left out: it is not running`);
    else hooks.push({ hook, container: placeOf(first), command: of(first) ?? "" });
  }
  return { hooks, skipped };
}

function placeOf({ id, name, project, service, number }: HookPlace): HookPlace {
  return {
    id,
    name,
    ...(project === undefined ? {} : { project }),
    ...(service === undefined ? {} : { service }),
    number,
  };
}

export function hooksOf({ begin, freeze, post }: HookPlan): Hook[] {
  return [...begin, ...freeze, ...post];
}

/** Those that need the unit to be up: all after the start but the last of a run. */
export function needsUnit({ hook }: Hook): boolean {
  return hook === "post_freeze" || hook === "exec.post";
}

export function isLabelHook(hook: Hook): hook is LabelHook {
  return "container" in hook;
}

/** `pre_backup: /opt/hooks/maintenance on`, `exec.pre in shop-db-1: pg_dump …`; without secrets. */
export function hookText(hook: Hook): string {
  return isLabelHook(hook)
    ? `${hook.hook} in ${hook.container.name}: ${redactText(hook.command)}`
    : `${hook.hook}: ${redactText(hook.argv.join(" "))}`;
}

export interface HookFacts {
  readonly unit: string;
  readonly backupId: string;
  /** Of the run so far; for post hooks. */
  readonly status?: HookStatus;
}

/** docs/hooks.md; the last two are Kopi-Docka's names. */
export function hookEnvironment(
  { hook }: Hook,
  { unit, backupId, status }: HookFacts,
): Record<string, string> {
  return {
    STACKHOLD_HOOK: hook,
    STACKHOLD_UNIT: unit,
    STACKHOLD_BACKUP_ID: backupId,
    ...(status === undefined ? {} : { STACKHOLD_STATUS: status }),
    KOPI_DOCKA_HOOK_TYPE: hook,
    KOPI_DOCKA_UNIT_NAME: unit,
  };
}
