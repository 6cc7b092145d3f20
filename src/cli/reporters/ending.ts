import type { Sink } from "../../events/stream.ts";

/** What a command ends with, for machines and for people. */
export interface Ending {
  readonly document: unknown;
  readonly text: string;
  /** There is no result, only an error. */
  readonly failed: boolean;
}

/** Shows a run while it goes, and then how it ended: `finish` comes once, after the last event. */
export interface Reporter {
  readonly sink: Sink;
  finish(ending: Ending): void;
}
