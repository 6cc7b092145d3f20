import { describe, expect, it } from "vitest";
import { printable, printableIn, printableLines } from "./printable.ts";

const hostile = "a\u001b[31m\n\u202eb\u2028\u009b\t";
const shown = "a\\x1b[31m\\n\\u{202e}b\\u{2028}\\x9b\\t";

describe("printable", () => {
  it("writes out what would move a cursor, turn the text or begin a line", () => {
    expect(printable(hostile)).toBe(shown);
    expect(printable("Größe 漢字 ♥️")).toBe("Größe 漢字 ♥️");
  });

  it("leaves its own work as it is", () => {
    expect(printable(printable(hostile))).toBe(shown);
  });

  it("keeps the lines of text that has some", () => {
    expect(printableLines("one\n\ttwo\u001b[2J\r\n")).toBe("one\n\ttwo\\x1b[2J\\r\n");
  });

  it("finds every text of a document", () => {
    const document = { list: [hostile, { deep: hostile }], count: 1, none: null };
    expect(printableIn(document)).toEqual({ list: [shown, { deep: shown }], count: 1, none: null });
  });
});
