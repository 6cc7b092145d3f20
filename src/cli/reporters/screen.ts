import type { Writer } from "./output.ts";

/** Lines that stay, and below them lines that are drawn over again and again. */
export interface Screen {
  /** Prints above what is drawn. */
  print(lines: readonly string[]): void;
  /** Replaces what is drawn. Lines must be narrower than the terminal. */
  draw(lines: readonly string[]): void;
}

const eraseLine = "\u001b[2K";
const eraseBelow = "\u001b[0J";

/** One write a frame, so that nothing flickers. The cursor stays visible: no exit can leave it hidden. */
export function createScreen(writer: Writer): Screen {
  let drawn: readonly string[] = [];

  const home = () => (drawn.length === 0 ? "" : `\u001b[${drawn.length}A\r`);
  const text = (lines: readonly string[]) => lines.map((line) => `${eraseLine}${line}\n`).join("");

  return {
    print(lines) {
      // Before what may be wider than the terminal: a line is erased in its last row alone.
      if (lines.length > 0) writer.raw(home() + eraseBelow + text(lines) + text(drawn));
    },
    draw(lines) {
      if (lines.length === 0 && drawn.length === 0) return;
      writer.raw(home() + text(lines) + eraseBelow);
      drawn = lines;
    },
  };
}
