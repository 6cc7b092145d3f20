import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { ago } from "./age.ts";
import { clip, pad, width } from "./clip.ts";
import { createPaint } from "./paint.ts";
import { type Column, table } from "./table.ts";

describe("ago", () => {
  const now = new Date("2026-11-20T12:00:00Z");
  it.each([
    [5, "just now"],
    [45, "45 seconds ago"],
    [61, "1 minute ago"],
    [7_199, "1 hour ago"],
    [3 * 86_400, "3 days ago"],
    [20 * 86_400, "2 weeks ago"],
    [400 * 86_400, "13 months ago"],
    [-7_200, "in 2 hours"],
  ])("says %d seconds as %s", (seconds, words) => {
    expect(ago(new Date(now.getTime() - seconds * 1000), now)).toBe(words);
  });
});

describe("fitting", () => {
  it("counts what a terminal shows", () => {
    expect([width("größe"), width("日本"), width(createPaint(true)("red", "ab"))]).toEqual([
      5, 4, 2,
    ]);
  });

  it("cuts by columns, never through a character", () => {
    expect(clip("wordpress", 6)).toBe("wordp…");
    expect(clip("日本語テスト", 6)).toBe("日本…");
    expect(clip("👩‍👩‍👧 family", 4)).toBe("👩‍👩‍👧 …");
    expect(clip("same", 4)).toBe("same");
    expect(clip("none", 0)).toBe("");
  });

  it("pads wide characters to the same column", () => {
    expect([pad("日", 4), pad("7", 4, "right")]).toEqual(["日  ", "   7"]);
  });
});

describe("a table", () => {
  interface Row {
    readonly name: string;
    readonly size: string;
    readonly note: string;
  }
  const columns: Column<Row>[] = [
    { title: "NAME", value: (row) => row.name, colour: () => "green" },
    { title: "SIZE", value: (row) => row.size, align: "right" },
    { title: "NOTE", value: (row) => row.note },
  ];
  const rows: Row[] = [
    { name: "wordpress", size: "1.5 GB", note: "a rather long note about this very unit" },
    { name: "日本", size: "12 GB", note: "" },
  ];
  const plain = createPaint(false);

  it("aligns names to the left and numbers to the right", () => {
    expect(table(columns, rows, { paint: plain })).toEqual([
      "NAME         SIZE  NOTE",
      "wordpress  1.5 GB  a rather long note about this very unit",
      "日本        12 GB",
    ]);
  });

  it("fits the terminal by cutting the widest columns", () => {
    const lines = table(columns, rows, { paint: plain, columns: 34 });
    expect(lines[1]).toBe("wordpress  1.5 GB  a rather long …");
    expect(Math.max(...lines.map(width))).toBe(34);
  });

  it("leaves out columns that are empty, and has the same shape in colour", () => {
    const empty = rows.map((row) => ({ ...row, note: "" }));
    expect(table(columns, empty, { paint: plain })[0]).toBe("NAME         SIZE");
    const coloured = table(columns, rows, { paint: createPaint(true), columns: 34 });
    expect(coloured.map(stripVTControlCharacters).map((line) => line.trimEnd())).toEqual(
      table(columns, rows, { paint: plain, columns: 34 }),
    );
    expect(coloured[1]).toContain("\u001b[32m");
  });
});
