import { rm, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { pointOperations } from "../testing/point-operations.ts";
import { publishPoint } from "../testing/points.ts";
import { listPoints } from "./list-points.ts";
import { verifyPoints } from "./verify-points.ts";

const old = { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" };
const young = { ...old, backupId: "2026-11-21T02-00-00Z" };
const blog = { ...old, unit: "blog" };
const foreign = { ...old, host: "web02" };

const short = (point: { backupId: string; repository: string; unit: string }) =>
  `${point.unit} ${point.backupId.slice(8, 10)} ${point.repository}`;

test("lists every repository's points, newest first, of this host", async () => {
  await using world = await pointOperations();
  for (const ref of [old, young, foreign]) await publishPoint(world.local, ref);
  await publishPoint(world.usb, young);
  const { points, unreachable } = await listPoints({}, world.deps);
  expect(points.map(short)).toEqual(["shop 21 local", "shop 21 usb", "shop 20 local"]);
  expect(unreachable).toEqual([]);
});

test("lists one unit, one repository, another host or all of them when asked", async () => {
  await using world = await pointOperations();
  for (const ref of [old, blog, foreign]) await publishPoint(world.local, ref);
  await publishPoint(world.usb, old);
  const listed = async (input: Parameters<typeof listPoints>[0]) =>
    (await listPoints(input, world.deps)).points.map((p) => `${p.host} ${p.unit} ${p.repository}`);
  expect(await listed({ unit: "blog" })).toEqual(["web01 blog local"]);
  expect(await listed({ repository: "usb" })).toEqual(["web01 shop usb"]);
  expect(await listed({ host: { name: "web02" } })).toEqual(["web02 shop local"]);
  expect((await listed({ host: "all" })).length).toBe(4);
  await expect(listed({ repository: "tape" })).rejects.toMatchObject({
    code: "UNKNOWN_REPOSITORY",
  });
});

test("a repository that does not answer hides no other", async () => {
  await using world = await pointOperations();
  await publishPoint(world.local, old);
  await rm(world.paths.usb, { recursive: true });
  const { points, unreachable } = await listPoints({}, world.deps);
  expect(points.map(short)).toEqual(["shop 20 local"]);
  expect(unreachable).toMatchObject([{ name: "usb", error: { code: "REPOSITORY_UNUSABLE" } }]);
});

test("is an error when no repository answers, and the only one's own error", async () => {
  await using world = await pointOperations();
  await rm(world.paths.usb, { recursive: true });
  await writeFile(`${world.paths.local}/stackhold-repository.json`, '{"format": 9}');
  await expect(listPoints({}, world.deps)).rejects.toMatchObject({
    code: "REPOSITORY_UNUSABLE",
    message: expect.stringMatching(/no repository answers: .*local.*usb|usb.*local/),
  });
  await expect(listPoints({ repository: "local" }, world.deps)).rejects.toMatchObject({
    code: "NEWER_FORMAT",
  });
});

test("says when a point was last found good, until it is found bad", async () => {
  await using world = await pointOperations();
  for (const repository of [world.local, world.usb]) await publishPoint(repository, old);
  const input = { repository: "local", all: false, deep: false, trigger: "cli" };
  await verifyPoints(input, world.deps, world.context);
  const verified = async () =>
    (await listPoints({}, world.deps)).points.map((p) => [
      p.repository,
      p.verifiedAt !== undefined,
    ]);
  expect(await verified()).toEqual([
    ["local", true],
    ["usb", false],
  ]);
  await rm(`${world.paths.local}/web01/shop/${old.backupId}/volume-data.tar.zst`);
  await verifyPoints(input, world.deps, world.context);
  expect(await verified()).toEqual([
    ["local", false],
    ["usb", false],
  ]);
});
