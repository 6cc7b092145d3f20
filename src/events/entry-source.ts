import type { Event, ProgressHappening } from "./event.ts";
import { type LogEntry, logEntries, progressWords } from "./log-lines.ts";
import { printableEvent } from "./printable-event.ts";

/** The entries of an event, with progress of long work said every so often. */
export type EntrySource = (event: Event) => LogEntry[];

const progressEveryMs = 10_000;

/** Subjects that end sooner say nothing of their progress. */
export function createEntrySource(everyMs = progressEveryMs): EntrySource {
  const spoke = new Map<string, number>();

  function isDue(progress: ProgressHappening, nowMs: number): boolean {
    const key = JSON.stringify([progress.unit, progress.subject]);
    const last = spoke.get(key);
    if (last === undefined) spoke.set(key, nowMs);
    if (last === undefined || nowMs - last < everyMs) return false;
    spoke.set(key, nowMs);
    return true;
  }

  return (event) => {
    if (event.type !== "progress") return logEntries(event);
    if (!isDue(event, Date.parse(event.ts))) return [];
    const { unit: of, subject } = printableEvent(event);
    const unit = of === undefined ? {} : { unit: of };
    const text = `${subject}: ${progressWords(event).join(", ")}`;
    return [{ time: event.ts, level: "info", ...unit, text }];
  };
}
