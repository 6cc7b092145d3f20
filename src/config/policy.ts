import { type HookName, hookNames, type UnitHooks } from "../domain/hooks.ts";
import type { Quiesce } from "../domain/manifest.ts";
import type {
  ContainerPolicy,
  EffectivePolicy,
  ExcludeRule,
  PolicyOrigin,
  UnitPolicy,
} from "../domain/policy.ts";
import { didYouMean } from "../domain/suggest.ts";
import { StackholdError } from "../errors.ts";
import { type Labelled, type LabelPolicy, readLabels } from "./labels.ts";
import type { LoadedConfig } from "./load.ts";
import { isSet } from "./origins.ts";
import type { BackupConfig, UnitConfig } from "./schema/config-schema.ts";

/** What the command line may say about a unit. */
export type PolicyFlags = Partial<
  Pick<UnitPolicy, "scope" | "quiesce" | "freeze" | "stopTimeout" | "repositories">
>;

type Given = Pick<LoadedConfig, "config" | "origins">;
type Weighed<T> = readonly [value: T, origin: PolicyOrigin];
type Shared = keyof BackupConfig & keyof UnitConfig;

/** From the strongest on: where containers of a unit disagree, the strongest keeps all still. */
const strength: readonly Quiesce[] = ["down", "stop", "pause", "none"];

function globalOrigin({ origins }: Given, ...keys: (readonly string[])[]): PolicyOrigin {
  return keys.some((key) => isSet(origins, key)) ? "global" : "default";
}

/** Unit over global, for a key that both may have. */
function weigh<K extends Shared>(given: Given, unit: UnitConfig, key: K): Weighed<BackupConfig[K]> {
  const own = unit[key];
  // `undefined` is absence; `null` is a value of its own.
  if (own !== undefined) return [own as BackupConfig[K], "unit"];
  return [given.config.backup[key], globalOrigin(given, ["backup", key])];
}

function over<T>(wider: Weighed<T>, narrower: T | undefined, origin: PolicyOrigin): Weighed<T> {
  return narrower === undefined ? wider : [narrower, origin];
}

/** As the rule of an exclude names the label of a container. */
export function excludeLabelOf({ name }: Labelled): string {
  return `label stackhold.exclude of ${name}`;
}

function excludes(
  given: Given,
  name: string,
  unit: UnitConfig,
  containers: readonly Labelled[],
  labels: readonly LabelPolicy[],
): Weighed<ExcludeRule[]> {
  const ruled = (patterns: readonly string[], rule: string) =>
    patterns.map((pattern): ExcludeRule => ({ pattern, rule }));
  const ofLabel = (container: Labelled, index: number) =>
    ruled(labels[index]?.exclude ?? [], excludeLabelOf(container));
  const levels: Weighed<ExcludeRule[]>[] = [
    [
      ruled(given.config.backup.exclude, "backup.exclude"),
      globalOrigin(given, ["backup", "exclude"]),
    ],
    [ruled(unit.exclude ?? [], `units.${name}.exclude`), "unit"],
    [containers.flatMap(ofLabel), "label"],
  ];
  const origin = levels.findLast(([rules]) => rules.length > 0)?.[1] ?? levels[0]?.[1];
  const first = new Map<string, ExcludeRule>();
  for (const rule of levels.flatMap(([rules]) => rules)) {
    if (!first.has(rule.pattern)) first.set(rule.pattern, rule);
  }
  return [[...first.values()], origin ?? "default"];
}

function repositories(
  given: Given,
  unit: UnitConfig,
  flags: PolicyFlags,
): Weighed<readonly string[]> {
  const all = Object.keys(given.config.repositories);
  for (const name of flags.repositories ?? []) {
    if (all.includes(name)) continue;
    throw new StackholdError(
      "UNKNOWN_REPOSITORY",
      `there is no repository "${name}"${didYouMean(name, all)}`,
      {
        hint: `the configuration has ${all.join(", ")}`,
      },
    );
  }
  const filled = (names: readonly string[] | undefined) => (names?.length ? names : undefined);
  const wide: Weighed<readonly string[]> = [all, globalOrigin(given, ["repositories"])];
  const named = over(wide, filled(given.config.backup.repositories), "global");
  return over(over(named, filled(unit.repositories), "unit"), filled(flags.repositories), "flag");
}

function containerPolicies(
  containers: readonly Labelled[],
  labels: readonly LabelPolicy[],
  flags: PolicyFlags,
): Record<string, ContainerPolicy> {
  const said = containers.map(({ name }, i): [string, ContainerPolicy] => {
    const { enable = true, stopTimeout: own, execPre, execPost } = labels[i] ?? {};
    const stopTimeout = flags.stopTimeout === undefined ? own : undefined;
    const policy = {
      ...(stopTimeout === undefined ? {} : { stopTimeout }),
      ...(execPre === undefined ? {} : { execPre }),
      ...(execPost === undefined ? {} : { execPost }),
    };
    return [name, { enable, ...policy }];
  });
  return Object.fromEntries(said.filter(([, p]) => !p.enable || Object.keys(p).length > 1));
}

/** Key by key, so that a unit can take one back with null. */
function hooks(given: Given, unit: UnitConfig): Weighed<UnitHooks> {
  const wide = given.config.backup.hooks;
  const own = unit.hooks ?? {};
  const argv = (name: HookName) => {
    const hook = own[name] === undefined ? wide[name] : own[name];
    return typeof hook === "string" ? [hook] : hook;
  };
  const set = hookNames.flatMap((name) => {
    const command = argv(name);
    return command === null ? [] : [[name, command]];
  });
  const isOwn = hookNames.some((name) => own[name] !== undefined);
  return [
    Object.fromEntries(set) as UnitHooks,
    isOwn ? "unit" : globalOrigin(given, ["backup", "hooks"]),
  ];
}

/**
 * How a unit is backed up and which level decided: flag over label over unit over global. Excludes
 * add up; hooks replace the wider ones by name, a retention block the wider one whole; the strongest quiesce label of the
 * unit's containers counts. CONFIG_INVALID for a label, UNKNOWN_REPOSITORY for a flag.
 */
export function effectivePolicy(
  given: Given,
  name: string,
  containers: readonly Labelled[] = [],
  flags: PolicyFlags = {},
): EffectivePolicy {
  const { config } = given;
  const unit: UnitConfig = Object.hasOwn(config.units, name) ? (config.units[name] ?? {}) : {};
  const labels = containers.map((container) => readLabels(container));
  const strongest = strength.find((way) => labels.some((label) => label.quiesce === way));
  const quiesce = over(weigh(given, unit, "quiesce"), strongest, "label");
  const disabled = labels.length > 0 && labels.every((label) => label.enable === false);
  const ofContainers = containerPolicies(containers, labels, flags);
  const [stop, stopOrigin] = weigh(given, unit, "stop_timeout");
  const retention: Weighed<UnitPolicy["retention"]> = [
    config.retention,
    globalOrigin(given, ["retention"]),
  ];
  const weighed: { [K in keyof UnitPolicy]: Weighed<UnitPolicy[K]> } = {
    enable: disabled ? [false, "label"] : [true, "default"],
    scope: over(weigh(given, unit, "scope"), flags.scope, "flag"),
    quiesce: over(quiesce, flags.quiesce, "flag"),
    freeze: over(weigh(given, unit, "freeze"), flags.freeze, "flag"),
    skipStop: [config.skip_stop.includes(name), globalOrigin(given, ["skip_stop"])],
    stopTimeout: over([stop ?? undefined, stopOrigin], flags.stopTimeout, "flag"),
    startTimeout: weigh(given, unit, "start_timeout"),
    stayUp: weigh(given, unit, "stay_up"),
    hooks: hooks(given, unit),
    hookTimeout: weigh(given, unit, "hook_timeout"),
    parallel: weigh(given, unit, "parallel"),
    exclude: excludes(given, name, unit, containers, labels),
    includeData: [config.include_data, globalOrigin(given, ["include_data"])],
    secrets: weigh(given, unit, "secrets"),
    images: weigh(given, unit, "images"),
    maxAge: weigh(given, unit, "max_age"),
    retention: over(retention, unit.retention, "unit"),
    repositories: repositories(given, unit, flags),
    accept: unit.accept === undefined ? [[], "default"] : [unit.accept, "unit"],
    containers: [ofContainers, Object.keys(ofContainers).length > 0 ? "label" : "default"],
  };
  return split(weighed);
}

function split(weighed: { [K in keyof UnitPolicy]: Weighed<UnitPolicy[K]> }): EffectivePolicy {
  const entries = Object.entries(weighed);
  return {
    value: Object.fromEntries(
      entries.map(([key, [value]]) => [key, value]),
    ) as unknown as UnitPolicy,
    origin: Object.fromEntries(
      entries.map(([key, [, origin]]) => [key, origin]),
    ) as EffectivePolicy["origin"],
  };
}
