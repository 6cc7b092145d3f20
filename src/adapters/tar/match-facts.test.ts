import { describe, expect, it } from "vitest";
import type { Keeping } from "./keeping.ts";
import { comparable, type Facts, parseFound } from "./match-facts.ts";

const everything: Keeping = {
  modes: true,
  owners: true,
  links: true,
  granularity: 1n,
  earliest: -62_135_596_800_000_000_000n,
  latest: 253_402_300_799_000_000_000n,
};
const file: Facts = { type: "f", mode: 0o640, uid: 1, gid: 2, size: 3, mtime: "5.000000006" };

function areEqual(one: Partial<Facts>, other: Partial<Facts>, keeping: Partial<Keeping>): boolean {
  const [a, b] = [one, other].map((each) =>
    comparable({ ...file, ...each }, { ...everything, ...keeping }),
  );
  return a === b;
}

describe("an entry and its listing", () => {
  it.each([
    ["type", { type: "p" }],
    ["mode", { mode: 0o4640 }],
    ["user", { uid: 2 }],
    ["group", { gid: 1 }],
    ["size", { size: 4 }],
    ["nanosecond", { mtime: "5.000000007" }],
    ["second", { mtime: "6.000000006" }],
    ["time before 1970", { mtime: "-5.000000006" }],
  ] as const)("differ by a %s", (_, other) => {
    expect(areEqual({}, other, {})).toBe(false);
  });

  it.each([
    ["permissions", { mode: 0o777 }, { modes: false }],
    ["owners", { uid: 7, gid: 8 }, { owners: false }],
    ["times", { mtime: "77.000000000" }, { granularity: 0n }],
    ["nanoseconds", { mtime: "5.000000000" }, { granularity: 1_000_000_000n }],
    ["odd seconds", { mtime: "4.000000000" }, { granularity: 2_000_000_000n }],
  ] as const)("are equal where no %s are kept", (_, kept, keeping) => {
    expect(areEqual({}, kept, keeping)).toBe(true);
    expect(areEqual({}, kept, {})).toBe(false);
    expect(areEqual({}, { ...kept, size: 4 }, keeping)).toBe(false);
  });

  it("are equal where the file system has moved the time to its limit", () => {
    const limits = { earliest: -(2n ** 31n) * 1_000_000_000n, latest: 15_032_385_535_000_000_000n };
    expect(
      areEqual({ mtime: "-9999999999.500000000" }, { mtime: "-2147483648.000000000" }, limits),
    ).toBe(true);
    expect(
      areEqual({ mtime: "99999999999.500000000" }, { mtime: "15032385535.000000000" }, limits),
    ).toBe(true);
    expect(
      areEqual({ mtime: "99999999999.500000000" }, { mtime: "15032385534.000000000" }, limits),
    ).toBe(false);
  });

  it("rounds down before 1970 too", () => {
    const whole = { granularity: 1_000_000_000n };
    expect(areEqual({ mtime: "-2.750000000" }, { mtime: "-2.000000000" }, whole)).toBe(true);
    expect(areEqual({ mtime: "-2.750000000" }, { mtime: "-1.000000000" }, whole)).toBe(false);
  });

  it("leave the mode of symbolic links aside", () => {
    expect(areEqual({ type: "l", mode: 0o777 }, { type: "l", mode: 0o755 }, {})).toBe(true);
  });
});

it("reads what find prints, whatever the name", () => {
  expect(parseFound("f 4755 0 4000000001 7 -1.2500000000 2 fe00:12 ./a b\n \xff")).toEqual({
    ...{ type: "f", mode: 0o4755, uid: 0, gid: 4_000_000_001, size: 7, mtime: "-1.250000000" },
    ...{ links: 2, inode: "fe00:12", name: "./a b\n \xff" },
  });
  expect(parseFound("d 755 0 0 4096 1.0000000000 2 fe00:12 .").size).toBe(0);
});
