import { logLines } from "../../events/log-lines.ts";
import type { Reporter } from "./ending.ts";
import type { Writer } from "./output.ts";

/** Says only what is wrong, and the answer to a question (a list), which no run gave. */
export function quietReporter(to: { readonly out: Writer; readonly errors: Writer }): Reporter {
  let isRun = false;
  return {
    sink(event) {
      if (event.type === "run.started") isRun = true;
      if (event.type !== "run.finished") to.errors.lines(logLines(event, "warning"));
    },
    finish({ text, failed }) {
      if (failed) to.errors.lines([text]);
      else if (!isRun) to.out.lines([text]);
    },
  };
}
