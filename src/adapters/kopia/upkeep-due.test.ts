import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryDirectory } from "../../testing/points.ts";
import { forgetUpkeep, isUpkeepEarly, postponeUpkeep } from "./upkeep-due.ts";

const start = Date.parse("2026-11-20T02:00:00.000Z");
const after = (minutes: number) => ({ now: () => new Date(start + minutes * 60_000) });

it("is early for an hour, and until the time that was named", async () => {
  await using directory = await temporaryDirectory();
  const settings = { stateDir: directory.path };
  const early = (minutes: number) => isUpkeepEarly(settings, after(minutes));
  expect(await early(0)).toBe(false);
  await postponeUpkeep(settings, after(0));
  expect([await early(59), await early(60)]).toEqual([true, false]);
  await postponeUpkeep(settings, after(0), start + 3 * 60 * 60_000);
  expect([await early(179), await early(180)]).toEqual([true, false]);
  await forgetUpkeep(settings);
  expect(await early(0)).toBe(false);
});

it("is not early by another clock, or by what cannot be read", async () => {
  await using directory = await temporaryDirectory();
  const settings = { stateDir: directory.path };
  await postponeUpkeep(settings, after(0));
  expect(await isUpkeepEarly(settings, after(-24 * 60))).toBe(false);
  await writeFile(join(directory.path, "maintenance.json"), '{"notBefore": "soon"}');
  expect(await isUpkeepEarly(settings, after(0))).toBe(false);
});

it("fails nothing where it cannot be noted", async () => {
  await postponeUpkeep({ stateDir: "/nowhere/at/all" }, after(0));
});
