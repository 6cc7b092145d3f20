import fc from "fast-check";
import { expect, it } from "vitest";
import { formatDuration, parseDuration } from "./duration.ts";

it("reads seconds, minutes, hours and days", () => {
  expect(["30", "30s", "15m", "26h", "2d", "0"].map(parseDuration)).toEqual([
    30, 30, 900, 93_600, 172_800, 0,
  ]);
});

it("refuses everything else", () => {
  const wrong = ["", "s", "-1", "1.5h", "1 h", "1h30m", "1w", "30S", "1e3", "9999999999", " 1"];
  expect(wrong.map(parseDuration)).toEqual(wrong.map(() => undefined));
});

it("writes what people write", () => {
  expect([0, 60, 90, 900, 86_400, 93_600, 172_800].map(formatDuration)).toEqual([
    "0s",
    "60s",
    "90s",
    "15m",
    "24h",
    "26h",
    "2d",
  ]);
});

it("writes every duration so that it reads back as the same", () => {
  const units = [1, 60, 3600, 86_400];
  fc.assert(
    fc.property(fc.nat(10_000), fc.constantFrom(...units), (count, unit) => {
      expect(parseDuration(formatDuration(count * unit))).toBe(count * unit);
    }),
  );
});
