import type { RuleFor } from "../retention/judge.ts";
import type { Mention, Selection } from "./select-units.ts";

export interface BackupInput extends Selection {
  readonly mentions: readonly Mention[];
  readonly trigger: string;
  /** Which points stay once a new one is published. */
  readonly ruleFor: RuleFor;
  /** A gap fails its unit before it is stopped. */
  readonly strict: boolean;
  /** Units worked on at once. */
  readonly parallelUnits: number;
}
