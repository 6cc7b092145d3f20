import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  escapeName,
  isSameTime,
  linkTarget,
  parseIndexLine,
  restAfter,
  symbolicTarget,
  unescapeName,
} from "./index-line.ts";

const parsed = (line: string) => {
  const stored = parseIndexLine(line);
  if (stored === undefined) throw new Error(`not understood: ${line}`);
  return stored;
};

describe("a line of tar's index", () => {
  it.each([
    ["-rw-r--r--* 0/0   10485760 2026-11-21 12:30:32.151140179 ./a", "f", "./a", ""],
    ["drwxr-xr-x  0/0          0 2026-11-21 12:30:32 ./", "d", ".", "/"],
    ["crw-r--r--  0/0        1,3 2026-11-21 12:30:32.5  ./c d", "c", "./c d", ""],
    ["lrwxrwxrwx  0/0          0 2026-11-21 12:30:32 ./l -> ./a", "l", "./l", " -> ./a"],
    ["hrw-r--r--  0/0          0 2026-11-21 12:30:32 ./b link to ./a", "h", "./b", " link to ./a"],
    ["-rw-r--r--  0/0          0 2026-11-21 12:30:32 ./n\\nl\\\\\\377", "f", "./n\nl\\\xff", ""],
  ])("says what was stored: %s", (line, type, name, after) => {
    const stored = parsed(line);
    expect(stored.type).toBe(type);
    expect(restAfter(stored, name)).toBe(after);
    expect(restAfter(stored, `${name}x`)).toBeUndefined();
    expect(restAfter(stored, name.slice(0, -1))).toBeUndefined();
  });

  it("has where links lead", () => {
    expect(linkTarget(" link to ./a\\tb")).toBe("./a\tb");
    expect(symbolicTarget(" -> ../a -> b")).toBe("../a -> b");
  });

  it.each([
    ["2026-11-21 12:30:32.15114", "1795264232.1511400000", true],
    ["2026-11-21 12:30:32.15114", "1795264232.1511400010", false],
    ["2026-11-21 12:30:32", "1795264232.0000000000", true],
    ["2026-11-21 12:30:33", "1795264232.0000000000", false],
    ["1965-01-01 00:00:00", "-157766400.0000000000", true],
    ["1965-01-01 00:00:01.75", "-157766400.2500000000", true],
    ["1970-01-01 00:00:00.75", "-1.2500000000", true],
    ["2300-01-01 00:00:00.5", "10413792000.5000000000", true],
    ["10889-08-02 05:31:50", "281474976710.0000000000", true],
    ["12345678901234567", "12345678901234567.0000000000", false],
  ])("has the time %s, which find prints as %s: %s", (time, mtime, is) => {
    expect(isSameTime(parsed(`-rw-r--r-- 0/0 0 ${time} ./a`), mtime)).toBe(is);
  });

  it("is not understood where it is none", () => {
    expect(parseIndexLine("")).toBeUndefined();
    expect(parseIndexLine("tar: something")).toBeUndefined();
  });
});

it("escapes names as they were, whatever their bytes", () => {
  const bytes = fc.uint8Array({ min: 1, max: 255, maxLength: 50 });
  fc.assert(
    fc.property(bytes, (name) => {
      const latin1 = Buffer.from(name).toString("latin1");
      expect(unescapeName(escapeName(latin1))).toBe(latin1);
      expect(escapeName(latin1)).toMatch(/^[ -~]*$/);
    }),
  );
});
