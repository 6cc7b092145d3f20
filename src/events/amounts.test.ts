import { describe, expect, it } from "vitest";
import { bytes, duration } from "./amounts.ts";

describe("bytes", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.0 kB"],
    [1_500_000_000, "1.5 GB"],
    [812_400_000, "812 MB"],
    [999_960, "1.0 MB"],
    [99_960, "100 kB"],
    [5.1e18, "5.1 EB"],
    [-1500, "-1.5 kB"],
  ])("writes %d as %s", (count, text) => {
    expect(bytes(count)).toBe(text);
  });
});

describe("duration", () => {
  it.each([
    [0, "0 s"],
    [3, "0.01 s"],
    [40, "0.04 s"],
    [400, "0.4 s"],
    [9_949, "9.9 s"],
    [9_960, "10 s"],
    [59_400, "59 s"],
    [59_600, "1 min"],
    [192_000, "3 min 12 s"],
    [3_599_600, "1 h"],
    [7_500_000, "2 h 5 min"],
    [273_600_000, "3 d 4 h"],
  ])("writes %d ms as %s", (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});
