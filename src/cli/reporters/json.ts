import type { Reporter } from "./ending.ts";
import type { Writer } from "./output.ts";

/** Exactly one document on `out`, at the end. People are told what happens, and errors; the result is there. */
export function jsonReporter(to: { readonly out: Writer; readonly people: Reporter }): Reporter {
  return {
    sink: to.people.sink,
    finish(ending) {
      to.out.lines([JSON.stringify(ending.document, null, 2)]);
      if (ending.failed) to.people.finish(ending);
    },
  };
}
