import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import type { UnitResult } from "../../domain/results.ts";
import { pointOperations } from "../../testing/point-operations.ts";
import { publishPoint } from "../../testing/points.ts";
import { applyRetention } from "./apply-retention.ts";
import { blankUnitResult } from "./unit-result.ts";

const old = { host: "web01", unit: "shop", backupId: "2026-10-01T02-00-00Z" };
const published = { ...old, backupId: "2026-11-20T02-00-00Z" };

async function worldWith(repositories: readonly ("local" | "usb")[]) {
  const world = await pointOperations();
  for (const name of repositories) {
    for (const ref of [old, published]) await publishPoint(world[name], ref);
  }
  const apply = (units: readonly UnitResult[], context = world.context) =>
    applyRetention(
      units,
      [world.local, world.usb],
      published,
      () => ({ retention: { days: 28 }, timeZone: "UTC" }),
      world.deps as never,
      context,
    );
  return { ...world, apply };
}

/** As the run left it: stored in these repositories, failed in the others. */
function unit(stored: readonly string[], over: Partial<UnitResult> = {}): UnitResult {
  const basics = { unit: "shop", kind: "stack", scope: "standard", quiesce: "stop" } as const;
  const repositories = ["local", "usb"].map((name) => ({
    name,
    status: stored.includes(name) ? ("succeeded" as const) : ("failed" as const),
    storedBytes: 1,
  }));
  return { ...blankUnitResult(basics), repositories, ...over };
}

test("deletes old points where the run has published a new one, and only there", async () => {
  await using world = await worldWith(["local", "usb"]);
  const { units, retention } = await world.apply([unit(["local"])]);
  expect(retention.deleted).toBe(1);
  expect(retention.freedBytes).toBeGreaterThan(0);
  expect(units).toEqual([unit(["local"])]);
  expect(await world.local.list({})).toHaveLength(1);
  expect(await world.usb.list({})).toHaveLength(2);
  expect(world.events).toMatchObject([
    { type: "log", unit: "shop", message: expect.stringContaining("older than 28 days, freed ") },
  ]);
});

test("deletes nothing of a unit that failed, nor where the new point is not to be seen", async () => {
  await using world = await worldWith(["local"]);
  await publishPoint(world.usb, old);
  await world.apply([unit(["local"], { status: "failed" })]);
  expect(await world.local.list({})).toHaveLength(2);
  const { units, retention } = await world.apply([unit(["usb"])]);
  expect(retention).toEqual({ deleted: 0, freedBytes: 0 });
  expect(units[0]?.warnings).toEqual([expect.stringContaining("is not listed")]);
  expect(await world.usb.list({})).toHaveLength(1);
});

test("a repository that fails is a warning of the unit, and the others are tidied", async () => {
  await using world = await worldWith(["local", "usb"]);
  await rm(world.paths.local, { recursive: true });
  const { units, retention } = await world.apply([unit(["local", "usb"])]);
  expect(retention.deleted).toBe(1);
  const message = expect.stringMatching(/^old points in local were not deleted: .*it is not there/);
  expect(units[0]).toMatchObject({ status: "warning", warnings: [message] });
  expect(world.events).toContainEqual({
    ...{ type: "warning", unit: "shop", message, saidBy: "result" },
  });
});

test("a history that cannot be read keeps everything: a point may be the last verified one", async () => {
  await using world = await worldWith(["local"]);
  world.history.verifications = () => {
    throw new Error("damaged");
  };
  const { units } = await world.apply([unit(["local"])]);
  expect(units[0]?.warnings).toEqual(["old points in local were not deleted: damaged"]);
  expect(await world.local.list({})).toHaveLength(2);
});

test("a cancelled run deletes nothing more", async () => {
  await using world = await worldWith(["local"]);
  world.controller.abort();
  expect(await world.apply([unit(["local"])])).toEqual({
    units: [unit(["local"])],
    retention: { deleted: 0, freedBytes: 0 },
  });
  expect(await world.local.list({})).toHaveLength(2);
});
