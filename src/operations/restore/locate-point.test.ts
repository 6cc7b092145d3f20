import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { PointFilter, Repository } from "../../ports/repository.ts";
import { pointOperations } from "../../testing/point-operations.ts";
import { publishPoint } from "../../testing/points.ts";
import { locatePoint } from "./locate-point.ts";

const old = { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" };
const young = { ...old, backupId: "2026-11-21T02-00-00Z" };
const latest = { unit: "shop", at: "latest" };

/** Two points of `shop` in `local`, one of `blog`, and what was asked of the repositories. */
async function worldOfThree() {
  const world = await pointOperations();
  for (const ref of [old, young, { ...old, unit: "blog" }]) await publishPoint(world.local, ref);
  const asked: PointFilter[] = [];
  const noting = (repository: Repository): Repository => ({
    ...repository,
    list: (filter) => {
      asked.push(filter);
      return repository.list(filter);
    },
  });
  const deps = { ...world.deps, repositories: world.deps.repositories.map(noting) };
  return { ...world, deps, asked };
}

test("lists the unit's points alone, and nothing where id and repository are known", async () => {
  await using world = await worldOfThree();
  const found = await locatePoint(latest, world.deps);
  expect(found.reader.manifest).toMatchObject(young);
  const filter = { host: "web01", unit: "shop" };
  expect(world.asked.splice(0)).toEqual([filter, filter]);
  const named = { unit: "shop", at: old.backupId, repository: "local" };
  expect((await locatePoint(named, world.deps)).reader.manifest).toMatchObject(old);
  expect(world.asked).toEqual([]);
  await expect(
    locatePoint({ ...named, at: "2026-11-19T02-00-00Z" }, world.deps),
  ).rejects.toMatchObject({ code: "UNKNOWN_POINT", hint: expect.stringContaining(old.backupId) });
});

test("suggests the unit that was probably meant", async () => {
  await using world = await worldOfThree();
  await expect(locatePoint({ ...latest, unit: "shpo" }, world.deps)).rejects.toMatchObject({
    code: "UNKNOWN_UNIT",
    message: expect.stringContaining('did you mean "shop"?'),
    hint: "there are points of shop, blog",
  });
});

test("says why the latest point cannot be read, and which is the newest good one", async () => {
  await using world = await worldOfThree();
  const point = join(world.paths.local, "web01", "shop", young.backupId);
  await writeFile(join(point, "manifest.json"), "{");
  const why = `the point in ${point} is damaged: its manifest is not JSON`;
  await expect(locatePoint(latest, world.deps)).rejects.toMatchObject({
    code: "POINT_DAMAGED",
    message: `the latest point ${young.backupId} of shop in local cannot be read: ${why}`,
    hint: `nothing was touched; --at ${old.backupId} restores the newest good one`,
    cause: expect.objectContaining({ message: why }),
  });
});
