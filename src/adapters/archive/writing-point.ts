import type { Activity } from "../../ports/capture.ts";
import type { Flushing } from "./hash-follower.ts";
import type { ArchiveDeps, ArchiveSettings } from "./settings.ts";

/** What all parts of a point share while it is written. */
export interface WritingPoint {
  readonly directory: string;
  readonly settings: ArchiveSettings;
  readonly deps: ArchiveDeps;
  readonly flushing: Flushing;
  /** Whom its files are encrypted to; undefined where they are not. */
  readonly recipients: readonly string[] | undefined;
  readonly ended: AbortController;
  /** How to end what is under way for each file. */
  readonly endings: Set<() => Promise<void>>;
}

/** The activity, until the point is ended. */
export function during(
  { ended }: Pick<WritingPoint, "ended">,
  activity: Activity,
): Activity & { readonly signal: AbortSignal } {
  const signals = [ended.signal, ...(activity.signal === undefined ? [] : [activity.signal])];
  return { ...activity, signal: AbortSignal.any(signals) };
}
