import { describe, expect, test } from "vitest";
import type { ListedPart } from "../../domain/file-results.ts";
import type { StoredEntry } from "../../domain/stored-entry.ts";
import { width } from "./clip.ts";
import { fileLine, modeText, partsText } from "./files-text.ts";

const entry: StoredEntry = {
  ...{ type: "f", mode: 0o644, uid: 33, gid: 1000, size: 1234, mtime: "1795140000.000000000" },
  name: "site/index.html",
};

describe("a line of files ls", () => {
  test("has all facts where there is room", () => {
    expect(fileLine(entry, undefined)).toBe(
      "-rw-r--r-- 33:1000        1.2 kB 2026-11-20 02:00:00 site/index.html",
    );
  });

  test.each([120, 90, 60, 40, 12])("fits %d columns", (columns) => {
    const line = fileLine({ ...entry, name: "x".repeat(200) }, columns);
    expect(width(line)).toBeLessThanOrEqual(columns);
    expect(line.includes("33:1000")).toBe(columns >= 100);
    expect(line.includes("2026-11-20")).toBe(columns >= 70);
  });

  test("says what a directory is and where links lead", () => {
    expect(fileLine({ ...entry, type: "d", name: "deep" }, 60)).toMatch(/^d.* deep\/$/);
    expect(fileLine({ ...entry, type: "l", target: "a\x1b" }, 60)).toMatch(/ -> a\\x1b$/);
    expect(fileLine({ ...entry, hardLinkTo: "b" }, 60)).toMatch(/ = b$/);
  });

  test.each([
    [0o755, "rwxr-xr-x"],
    [0o7755, "rwsr-sr-t"],
    [0o7644, "rwSr-Sr-T"],
    [0, "---------"],
  ])("mode %o", (mode, text) => {
    expect(modeText(mode)).toBe(text);
  });
});

test("parts have a table in which they are named as one can name them, and never cut", () => {
  const parts: ListedPart[] = [
    { kind: "project", name: "", source: "/opt/stacks/shop", bytes: 205, files: 2 },
    { kind: "volume", name: "data", source: "shop_data", bytes: 43_800_000, files: 12 },
    {
      kind: "bind",
      name: `/srv/${"a".repeat(40)}`,
      source: `/srv/${"a".repeat(40)}`,
      bytes: 0,
      files: 1,
    },
  ];
  expect(partsText(parts.slice(0, 2), 80).split("\n")).toEqual([
    "PART            DATA  ENTRIES  SOURCE",
    "project        205 B        2  /opt/stacks/shop",
    "volume:data  43.8 MB       12  shop_data",
  ]);
  expect(partsText(parts, 80)).toContain(`bind:/srv/${"a".repeat(40)}`);
});
