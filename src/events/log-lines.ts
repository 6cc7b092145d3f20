import { z } from "zod";
import { printable } from "../domain/printable.ts";
import { bytes, duration } from "./amounts.ts";
import type { Event, ProgressHappening, RunStatus } from "./event.ts";
import { type LogLevel, logLevels } from "./log-level.ts";
import { printableEvent } from "./printable-event.ts";

/** One line for people: each stop, start, archive and deletion has its own. */
export interface LogEntry {
  readonly time: string;
  readonly level: LogLevel;
  readonly unit?: string;
  readonly text: string;
}

type Said = readonly [LogLevel, string];

const endings: Record<RunStatus, Said> = {
  succeeded: ["success", "finished"],
  warning: ["warning", "finished with warnings"],
  failed: ["error", "failed"],
  cancelled: ["warning", "cancelled"],
};

function said(event: Event): Said[] {
  switch (event.type) {
    case "run.started": {
      const id = event.backupId === undefined ? "" : ` (${event.backupId})`;
      const of = event.units.length === 0 ? "" : ` of ${event.units.join(", ")}`;
      return [["info", `${event.operation}${of} started${id}`]];
    }
    case "step.started":
      return [["debug", `${event.step}${event.detail === undefined ? "" : `: ${event.detail}`}`]];
    case "step.finished":
      return [["debug", `${event.step} took ${duration(event.durationMs)}`]];
    // Each stop has been said when it had happened.
    case "unit.stopping":
    case "unit.stopped":
      return [];
    case "unit.started":
      return [
        ...event.containers.map((name): Said => ["info", `started ${name}`]),
        [
          "success",
          event.downtimeMs === 0
            ? "runs"
            : `runs again, was down for ${duration(event.downtimeMs)}`,
        ],
      ];
    case "unit.healthy":
      return [["success", `ready after ${duration(event.readyMs)}`]];
    case "progress":
      return [];
    case "warning":
      return [["warning", event.message]];
    case "log":
      return [[event.level, event.message]];
    case "run.finished":
      return ended(event.status, event.result);
  }
}

const failureSchema = z.object({
  error: z.object({ message: z.string(), hint: z.string().optional() }),
});

/** A run that has no result but an error says why it failed. */
function ended(status: RunStatus, result: unknown): Said[] {
  const [level, text]: Said = endings[status];
  const failure = failureSchema.safeParse(result).data?.error;
  if (failure === undefined) return [[level, text]];
  const hint: Said[] = failure.hint === undefined ? [] : [[level, `hint: ${failure.hint}`]];
  const why = failure.message.startsWith(text) ? failure.message : `${text}: ${failure.message}`;
  return [[level, why], ...hint];
}

/** Text of several lines becomes several entries, so that nothing in it can pose as another line. */
export function logEntries(event: Event): LogEntry[] {
  const shown = printableEvent(event);
  const unit = "unit" in shown && shown.unit !== undefined ? { unit: shown.unit } : {};
  return said(shown).flatMap(([level, text]) =>
    linesOf(text).map((line) => ({ time: event.ts, level, ...unit, text: line })),
  );
}

function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .map((line) => printable(line.replaceAll("\t", " ")));
}

/** Success counts as info. */
export function isAtLeast(level: LogLevel, least: LogLevel): boolean {
  const rank = (l: LogLevel) => logLevels.indexOf(l === "success" ? "info" : l);
  return rank(level) >= rank(least);
}

/** `<time> [LEVEL] <unit>: <text>`; what concerns no unit is said by `stackhold`. */
export function formatEntry(entry: LogEntry): string {
  return `${entry.time} [${entry.level.toUpperCase()}] ${entry.unit ?? "stackhold"}: ${entry.text}`;
}

export function logLines(event: Event, least: LogLevel = "info"): string[] {
  return logEntries(event)
    .filter((entry) => isAtLeast(entry.level, least))
    .map(formatEntry);
}

/** `58 %, 1.2 GB of 2.1 GB, 12345 files, 210 MB/s, 4 s left`, as far as it is known. */
export function progressWords(progress: ProgressHappening): string[] {
  const { bytes: done, totalBytes: total, files, rate, etaMs } = progress;
  const words: string[] = [];
  if (total !== undefined && total > 0) words.push(`${percent(done, total)} %`);
  words.push(total === undefined ? bytes(done) : `${bytes(done)} of ${bytes(total)}`);
  if (files !== undefined) words.push(files === 1 ? "1 file" : `${files} files`);
  if (rate !== undefined) words.push(`${bytes(rate)}/s`);
  if (etaMs !== undefined) words.push(`${timeLeft(etaMs)} left`);
  return words;
}

/** A guess, so without tenths. */
function timeLeft(ms: number): string {
  return ms < 59_500 ? `${Math.round(ms / 1000)} s` : duration(ms);
}

/** Never 100 before all is done, never above. */
export function percent(done: number, total: number): number {
  if (total <= 0 || done >= total) return 100;
  return Math.max(0, Math.min(99, Math.round((done / total) * 100)));
}
