import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pinResultSchema } from "../domain/point-results.ts";
import { pointOperations } from "../testing/point-operations.ts";
import { publishPoint } from "../testing/points.ts";
import { type DeleteInput, deletePoint } from "./delete-point.ts";
import { pinPoint } from "./pin-point.ts";

const old = { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" };
const young = { ...old, backupId: "2026-11-21T02-00-00Z" };

async function worldOfFour() {
  const world = await pointOperations();
  for (const repository of [world.local, world.usb]) {
    for (const ref of [old, young]) await publishPoint(repository, ref);
  }
  const ids = async () =>
    (await Promise.all([world.local.list({}), world.usb.list({})]))
      .flat()
      .map((point) => `${point.backupId.slice(8, 10)} ${point.repository}`);
  const remove = (backupId: string, over: Partial<DeleteInput> = {}) =>
    deletePoint(
      { unit: "shop", backupId, evenNewest: false, dryRun: false, trigger: "manual", ...over },
      world.deps,
      world.context,
    );
  return { ...world, ids, remove };
}

test("deletes a point wherever it is stored, or from one repository", async () => {
  await using world = await worldOfFour();
  const one = await world.remove(old.backupId, { repository: "usb" });
  expect(one).toMatchObject({ kept: 1, deleted: [{ repository: "usb", reason: "asked for" }] });
  expect(await world.ids()).toEqual(["21 local", "20 local", "21 usb"]);
  const rest = await world.remove(old.backupId);
  expect(rest.deleted.map(({ repository }) => repository)).toEqual(["local"]);
  expect(await world.ids()).toEqual(["21 local", "21 usb"]);
});

test("refuses the newest good point unless that is asked for, and a pinned one always", async () => {
  await using world = await worldOfFour();
  await expect(world.remove(young.backupId)).rejects.toMatchObject({
    code: "CONFIRMATION_REQUIRED",
    message: expect.stringContaining("newest good point of shop in local"),
  });
  await world.usb.pin(old, true);
  await expect(world.remove(old.backupId, { evenNewest: true })).rejects.toMatchObject({
    code: "POINT_PINNED",
    hint: "stackhold admin snapshot unpin shop 2026-11-20T02-00-00Z lets it go",
  });
  expect(await world.ids()).toHaveLength(4);
  await world.remove(young.backupId, { evenNewest: true });
  expect(await world.ids()).toEqual(["20 local", "20 usb"]);
});

test("protects the newest point that no check found bad, and not the bad one", async () => {
  await using world = await worldOfFour();
  const found = { at: "2026-11-22T00:00:00Z", ok: false, deep: true };
  world.history.recordVerification({ ...young, repository: "local", ...found });
  const refusal = { code: "CONFIRMATION_REQUIRED" };
  await expect(world.remove(old.backupId, { repository: "local" })).rejects.toMatchObject(refusal);
  await world.remove(young.backupId, { repository: "local" });
  await rm(join(world.paths.usb, "web01", "shop", young.backupId, "volume-data.tar.zst"));
  await expect(world.remove(old.backupId, { repository: "usb" })).rejects.toMatchObject(refusal);
  await world.remove(young.backupId, { repository: "usb" });
  expect(await world.ids()).toEqual(["20 local", "20 usb"]);
});

test("a dry run, an unknown point and another host's point delete nothing", async () => {
  await using world = await worldOfFour();
  const preview = await world.remove(old.backupId, { dryRun: true });
  expect(preview).toMatchObject({ dryRun: true, kept: 2 });
  expect(preview.deleted).toHaveLength(2);
  await publishPoint(world.local, { ...old, unit: "blog", host: "web02" });
  const strange = [{ unit: "blog" }, { backupId: "2020-01-01T00-00-00Z" }, { backupId: "latest" }];
  for (const over of strange) {
    await expect(world.remove(old.backupId, over)).rejects.toMatchObject({
      code: "UNKNOWN_POINT",
    });
  }
  expect(await world.ids()).toHaveLength(5);
  expect(world.history.recordedRuns).toEqual([]);
});

test("pins and unpins a point in every repository that has it and answers", async () => {
  await using world = await worldOfFour();
  const about = { unit: "shop", backupId: old.backupId };
  const done = await pinPoint({ ...about, pinned: true }, world.deps);
  expect(pinResultSchema.parse(done)).toEqual(done);
  expect(done).toMatchObject({ pinned: true, repositories: ["local", "usb"], unreachable: [] });
  const pinned = async () => (await world.local.list({})).map((point) => point.pinned);
  expect(await pinned()).toEqual([false, true]);
  await rm(world.paths.usb, { recursive: true });
  const again = await pinPoint({ ...about, pinned: false }, world.deps);
  expect(again).toMatchObject({ repositories: ["local"], unreachable: [{ name: "usb" }] });
  expect(await pinned()).toEqual([false, false]);
  const nowhere = pinPoint(
    { ...about, backupId: "2020-01-01T00-00-00Z", pinned: true },
    world.deps,
  );
  await expect(nowhere).rejects.toMatchObject({ code: "UNKNOWN_POINT" });
});
