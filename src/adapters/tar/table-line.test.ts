import { describe, expect, test } from "vitest";
import { modeOf, parseTableLine } from "./table-line.ts";

describe("a line of tar's table", () => {
  test("is an entry with all its facts", () => {
    const line = '-rwsr-xr-T 33/1234   1048576 2026-11-20 02:00:00.1234567 "./a/b c"';
    expect(parseTableLine(line)).toEqual({
      ...{ type: "f", uid: 33, gid: 1234, size: 1048576 },
      ...{ mode: 0o5754, mtime: "1795140000.123456700", name: "a/b c" },
    });
  });

  test.each([
    ['drwxr-xr-x 0/0 0 1970-01-01 00:00:00 "./"', { type: "d", name: "", mtime: "0.000000000" }],
    ['drwxr-xr-x 0/0 0 1969-12-31 23:59:59 "./d/"', { name: "d", mtime: "-1.000000000" }],
    ['drwxr-xr-x 0/0 0 1960-01-01 00:00:01.75 "./d/"', { mtime: "-315619200.250000000" }],
    ['-rw-r--r-- 0/0 0 12026-11-20 02:00:00 "./f"', { mtime: "317364660000.000000000" }],
    ['crw-r--r-- 0/0 1,3 2026-11-20 02:00:00 "./c"', { type: "c", size: 0 }],
    ['brw-r--r-- 0/0 8,0 2026-11-20 02:00:00 "./b"', { type: "b", size: 0 }],
    ['prw-r--r-- 0/0 0 2026-11-20 02:00:00 "./p"', { type: "p" }],
    ['-rw-r--r--+ 0/0 5 2026-11-20 02:00:00 "./acl"', { type: "f", size: 5, name: "acl" }],
    ['lrwxrwxrwx 0/0 0 2026-11-20 02:00:00 "./l -> m" -> "x -> y"', { target: "x -> y" }],
    ['hrw-r--r-- 0/0 0 2026-11-20 02:00:00 "./h" link to "./a"', { type: "f", hardLinkTo: "a" }],
    [
      String.raw`-rw-r--r-- 0/0 1 2026-11-20 02:00:00 "./n\374\n\"\\ \303\274"`,
      { name: 'n\xfc\n"\\ \xc3\xbc' },
    ],
  ])("%s", (line, facts) => {
    expect(parseTableLine(line)).toMatchObject(facts);
  });

  test.each(["", "tar: something", "-rw-r--r-- 0/0 5 2026-11-20 02:00:00 ./unquoted", "x"])(
    "%j is none",
    (line) => {
      expect(parseTableLine(line)).toBeUndefined();
    },
  );

  test.each([
    ["---------", 0],
    ["rw-r--r--", 0o644],
    ["rwsr-sr-t", 0o7755],
    ["rwSr-Sr-T", 0o7644],
  ])("%s as a number", (text, mode) => {
    expect(modeOf(text)).toBe(mode);
  });
});
