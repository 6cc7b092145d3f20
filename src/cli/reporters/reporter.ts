import { printableLines } from "../../domain/printable.ts";
import type { Event } from "../../events/event.ts";
import type { Clock } from "../../ports/clock.ts";
import { createPaint } from "../format/paint.ts";
import type { Reporter } from "./ending.ts";
import { jsonReporter } from "./json.ts";
import { linesReporter } from "./lines.ts";
import { ndjsonReporter } from "./ndjson.ts";
import { createWriter, type Output } from "./output.ts";
import { quietReporter } from "./quiet.ts";
import { ttyReporter } from "./tty.ts";

export interface ReporterOptions {
  readonly json: boolean;
  readonly events: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Neither NO_COLOR nor --no-color; colours appear on terminals only. */
  readonly color: boolean;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Default: what stdout says of itself. Off a terminal nothing is animated. */
  readonly isTty?: boolean;
  readonly columns?: number;
  readonly clock: Clock;
}

const usualColumns = 80;

/** Whatever a text is made of, it cannot act on the terminal that shows it. */
export function createReporter(options: ReporterOptions): Reporter {
  const chosen = chooseReporter(options);
  const reporter = options.events ? chosen : forPeople(chosen, options);
  return {
    sink: reporter.sink,
    finish: (ending) => reporter.finish({ ...ending, text: printableLines(ending.text) }),
  };
}

/** Says nothing twice: what the result says again waits for it, and is told where there is none. */
function forPeople(reporter: Reporter, { json, quiet }: ReporterOptions): Reporter {
  const showsResult = !json && !quiet;
  const waiting: Event[] = [];
  return {
    sink(event) {
      const saidBy = "saidBy" in event ? event.saidBy : undefined;
      if (saidBy === "log") return;
      if (saidBy === "result" && showsResult) waiting.push(event);
      else reporter.sink(event);
    },
    finish(ending) {
      if (ending.failed) for (const event of waiting) reporter.sink(event);
      reporter.finish(ending);
    },
  };
}

function chooseReporter(options: ReporterOptions): Reporter {
  const out = createWriter(options.stdout);
  const errors = createWriter(options.stderr);
  const level = options.verbose ? "debug" : "info";
  const isTty = options.isTty ?? options.stdout.isTTY === true;
  if (options.events) return ndjsonReporter({ out, errors });
  if (options.json) {
    const people = options.quiet
      ? quietReporter({ out: errors, errors })
      : linesReporter({ out: errors, errors, level });
    return jsonReporter({ out, people });
  }
  if (options.quiet) return quietReporter({ out, errors });
  if (!isTty) return linesReporter({ out, errors, level });
  return ttyReporter({
    out,
    errors,
    level,
    paint: createPaint(options.color),
    columns: () => options.columns ?? options.stdout.columns ?? usualColumns,
    clock: options.clock,
  });
}
