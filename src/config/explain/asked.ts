import type { EffectivePolicy } from "../../domain/policy.ts";
import type { Labelled } from "../labels.ts";
import type { LoadedConfig } from "../load.ts";
import { setBelow } from "../origins.ts";
import type { UnitConfig } from "../schema/config-schema.ts";
import type { Source } from "./explained.ts";

export type Given = Pick<LoadedConfig, "config" | "origins">;

/** A unit, with what of it may have labels. */
export interface LabelledUnit {
  readonly name: string;
  readonly containers: readonly Labelled[];
  readonly volumes: readonly Labelled[];
}

export interface Asked extends LabelledUnit {
  readonly given: Given;
  readonly block: UnitConfig;
  readonly policy: EffectivePolicy;
  /** False: what holds where neither a unit's block nor a label says anything. */
  readonly isUnit: boolean;
}

/** The global value of a key, by whoever set it. */
export function settingSource({ origins }: Given, ...key: string[]): Source {
  const set = setBelow(origins, key);
  const variable = set.find((origin) => origin.variable !== undefined)?.variable;
  if (variable !== undefined) return { source: "environment", variable };
  return set.length > 0 ? { source: "global", path: key.join(".") } : { source: "default" };
}

export const unitSource = ({ name }: Asked, ...key: string[]): Source => ({
  source: "unit",
  path: ["units", name, ...key].join("."),
});
