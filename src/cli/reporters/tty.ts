import { printableIn } from "../../domain/printable.ts";
import type { LogLevel } from "../../events/log-level.ts";
import { isAtLeast, type LogEntry, logEntries } from "../../events/log-lines.ts";
import { printableEvent } from "../../events/printable-event.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Colour, Paint } from "../format/paint.ts";
import { wrap } from "../format/wrap.ts";
import type { Reporter } from "./ending.ts";
import { frame } from "./frame.ts";
import { advance, createLiveState } from "./live-state.ts";
import type { Writer } from "./output.ts";
import { createScreen } from "./screen.ts";
import { summary } from "./summary.ts";

export interface TtyOptions {
  readonly out: Writer;
  readonly errors: Writer;
  readonly level: LogLevel;
  readonly paint: Paint;
  /** Asked for every frame: windows change. */
  readonly columns: () => number;
  readonly clock: Clock;
}

const frameMs = 100;

const marks: Record<LogLevel, readonly [string, Colour]> = {
  debug: ["·", "dim"],
  info: ["•", "cyan"],
  success: ["✔", "green"],
  warning: ["▲", "yellow"],
  error: ["✖", "red"],
};

/** What happened scrolls up; what happens is drawn below it, ten times a second. */
export function ttyReporter(options: TtyOptions): Reporter {
  const { clock, paint } = options;
  const screen = createScreen(options.out);
  const state = createLiveState();
  let timer: NodeJS.Timeout | undefined;

  function draw(): void {
    const lines = frame(state, { columns: options.columns(), paint, nowMs: clock.monotonic() });
    screen.draw(lines);
    if (lines.length > 0) timer ??= setInterval(draw, frameMs).unref();
    else stop();
  }

  function stop(): void {
    clearInterval(timer);
    timer = undefined;
  }

  const inLines = (text: string, indent = 0) => wrap(text, options.columns(), indent).split("\n");
  const reddenFirst = (line: string, index: number) => (index === 0 ? paint("red", line) : line);

  return {
    sink(event) {
      advance(state, printableEvent(event), clock.monotonic());
      if (event.type === "progress") {
        if (timer === undefined) draw();
        return;
      }
      const entries = event.type === "run.finished" ? [] : logEntries(event);
      const said = entries.filter((entry) => isAtLeast(entry.level, options.level));
      screen.print(said.flatMap((entry) => inLines(entryLine(entry, paint), 2)));
      draw();
    },
    finish({ document, text, failed }) {
      stop();
      screen.draw([]);
      if (failed) options.errors.lines(inLines(text.split("\n").map(reddenFirst).join("\n")));
      else {
        const shown = summary(printableIn(document), { columns: options.columns(), paint });
        options.out.lines(shown ?? [text]);
      }
    },
  };
}

function entryLine(entry: LogEntry, paint: Paint): string {
  const [mark, colour] = marks[entry.level];
  const unit = entry.unit === undefined ? "" : `${paint("bold", entry.unit)} `;
  const loud = entry.level === "warning" || entry.level === "error";
  return `${paint(colour, mark)} ${unit}${loud ? paint(colour, entry.text) : entry.text}`;
}
