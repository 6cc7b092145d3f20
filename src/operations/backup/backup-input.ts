import type { Mention, Selection } from "./select-units.ts";

export interface BackupInput extends Selection {
  readonly mentions: readonly Mention[];
  readonly trigger: string;
  /** A gap fails its unit before it is stopped. */
  readonly strict: boolean;
  /** Units worked on at once. */
  readonly parallelUnits: number;
}
