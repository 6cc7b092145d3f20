import { createEntrySource } from "../../events/entry-source.ts";
import type { LogLevel } from "../../events/log-level.ts";
import { formatEntry, isAtLeast } from "../../events/log-lines.ts";
import type { Reporter } from "./ending.ts";
import type { Writer } from "./output.ts";

/**
 * Plain lines, as in the log files, for cron, pipes and journals. Ends with the text, which tells
 * why a run failed. What a question gives rise to goes to `errors`: on `out` is its answer alone.
 */
export function linesReporter(to: {
  readonly out: Writer;
  readonly errors: Writer;
  readonly level: LogLevel;
}): Reporter {
  const entriesOf = createEntrySource();
  let isRun = false;
  return {
    sink(event) {
      isRun ||= event.type === "run.started" || event.type === "run.finished";
      if (event.type === "run.finished" && hasOnlyError(event.result)) return;
      const entries = entriesOf(event).filter((entry) => isAtLeast(entry.level, to.level));
      (isRun ? to.out : to.errors).lines(entries.map(formatEntry));
    },
    finish: ({ text, failed }) => (failed ? to.errors : to.out).lines([text]),
  };
}

function hasOnlyError(result: unknown): boolean {
  return typeof result === "object" && result !== null && Object.keys(result).join() === "error";
}
