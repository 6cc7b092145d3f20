import type { RuleFor } from "../retention/judge.ts";
import type { Mention, Selection } from "./select-units.ts";

export interface BackupInput extends Selection {
  readonly mentions: readonly Mention[];
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
