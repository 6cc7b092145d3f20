import type { Reporter } from "./ending.ts";
import type { Writer } from "./output.ts";

/** One event a line, the last one `run.finished`. A command that is no run ends in its document. */
export function ndjsonReporter(to: { readonly out: Writer; readonly errors: Writer }): Reporter {
  let isRun = false;
  return {
    sink(event) {
      isRun ||= event.type === "run.started" || event.type === "run.finished";
      to.out.lines([JSON.stringify(event)]);
    },
    finish({ document, text, failed }) {
      if (!isRun) to.out.lines([JSON.stringify(document)]);
      if (failed) to.errors.lines([text]);
    },
  };
}
