import type { RuleFor } from "../retention/judge.ts";
import type { Mention, Selection } from "./select-units.ts";

interface Labelled {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface BackupInput extends Selection {
  readonly mentions: readonly Mention[];
  /** Of the labels of a unit's containers and volumes, what nobody heeds. */
  readonly labelWarnings: (
    containers: readonly Labelled[],
    volumes: readonly Labelled[],
  ) => readonly string[];
  readonly trigger: string;
  /** Which points stay once a new one is published. */
  readonly ruleFor: RuleFor;
  /** A gap fails its unit before it is stopped. */
  readonly strict: boolean;
  /** Names of units that are quiesced together. */
  readonly groups: readonly (readonly string[])[];
  /** Units worked on at once; a group counts as one. */
  readonly parallelUnits: number;
}
