import type { UnitHooks } from "./hooks.ts";
import type { Freeze, Quiesce, Scope } from "./manifest.ts";

export type FreezeChoice = Freeze | "auto";

/** `days`, or any of the others: how many of the newest points, and of the newest per period. */
export interface Retention {
  readonly days?: number | undefined;
  readonly latest?: number | undefined;
  readonly hourly?: number | undefined;
  readonly daily?: number | undefined;
  readonly weekly?: number | undefined;
  readonly monthly?: number | undefined;
  readonly yearly?: number | undefined;
}

/** What a container's own labels ask for. */
export interface ContainerPolicy {
  /** False: mounts that only such containers use are left out, by this rule. */
  readonly enable: boolean;
  /** Seconds. */
  readonly stopTimeout?: number;
  /** For `/bin/sh -c` in the container. */
  readonly execPre?: string;
  readonly execPost?: string;
}

/** A gitignore pattern relative to each part's root, and who says so: `backup.exclude`, a label. */
export interface ExcludeRule {
  readonly pattern: string;
  readonly rule: string;
}

/** How one unit is backed up, once flags, labels, unit and global configuration are weighed. */
export interface UnitPolicy {
  /** False when the labels of all its containers say so. */
  readonly enable: boolean;
  readonly scope: Scope;
  readonly quiesce: Quiesce;
  readonly freeze: FreezeChoice;
  /** Listed in `skip_stop`: never stopped, whatever `quiesce` says. */
  readonly skipStop: boolean;
  /** Seconds; undefined: each container's own grace period. */
  readonly stopTimeout: number | undefined;
  /** Seconds to wait for healthy. */
  readonly startTimeout: number;
  /** Seconds that a container without a health check must run to count as up. */
  readonly stayUp: number;
  readonly hooks: UnitHooks;
  /** Seconds that each hook may take. */
  readonly hookTimeout: number;
  /** Parts captured at once. */
  readonly parallel: "auto" | number;
  readonly exclude: readonly ExcludeRule[];
  /** False: configuration only. */
  readonly includeData: boolean;
  readonly secrets: "keep" | "redact";
  /** `save`: images are kept with the point. */
  readonly images: "digest" | "save";
  /** Seconds without a good point after which the unit is overdue. */
  readonly maxAge: number;
  readonly retention: Retention;
  /** Names, at least one. */
  readonly repositories: readonly string[];
  /** Gaps that are no news, by name. */
  readonly accept: readonly string[];
  /** By container name; only those whose labels say something. */
  readonly containers: Readonly<Record<string, ContainerPolicy>>;
}

/** Which level decided a value. Lists that add up name the narrowest level that added. */
export type PolicyOrigin = "default" | "global" | "unit" | "label" | "flag";

export interface EffectivePolicy {
  readonly value: UnitPolicy;
  readonly origin: Readonly<Record<keyof UnitPolicy, PolicyOrigin>>;
}

/** Seconds for one container: its label, else the unit's setting, else undefined (its own). */
export function stopTimeoutOf(
  policy: Pick<UnitPolicy, "containers" | "stopTimeout">,
  container: string,
): number | undefined {
  return policy.containers[container]?.stopTimeout ?? policy.stopTimeout;
}
