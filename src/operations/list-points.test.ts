import { readFile, rm, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { StackholdError } from "../errors.ts";
import { aBackupResult, aUnitResult } from "../testing/backup-result.ts";
import { pointOperations } from "../testing/point-operations.ts";
import { publishPoint } from "../testing/points.ts";
import { type FoundPoint, listPoints } from "./list-points.ts";
import { verifyPoints } from "./verify-points.ts";

const old = { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" };
const young = { ...old, backupId: "2026-11-21T02-00-00Z" };
const blog = { ...old, unit: "blog" };
const foreign = { ...old, host: "web02" };

const aRun = {
  runId: "run-1",
  trigger: "manual",
  startedAt: "2026-11-20T02:00:00.000Z",
  units: ["shop"],
};
const unreachableEngine = new StackholdError("ENGINE_UNREACHABLE", "it is not there");

const short = ({ point }: FoundPoint) =>
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
    (await listPoints(input, world.deps)).points.map(
      ({ point: p }) => `${p.host} ${p.unit} ${p.repository}`,
    );
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
  await writeFile(`${world.paths.usb}/stackhold-repository.json`, "{}");
  const { points, unreachable } = await listPoints({}, world.deps);
  expect(points.map(short)).toEqual(["shop 20 local"]);
  expect(unreachable).toMatchObject([{ name: "usb", error: { code: "REPOSITORY_UNUSABLE" } }]);
});

test("is an error when no repository answers, and the only one's own error", async () => {
  await using world = await pointOperations();
  await writeFile(`${world.paths.usb}/stackhold-repository.json`, "{}");
  await writeFile(`${world.paths.local}/stackhold-repository.json`, '{"format": 9}');
  await expect(listPoints({}, world.deps)).rejects.toMatchObject({
    code: "REPOSITORY_UNUSABLE",
    message: expect.stringMatching(/no repository answers: .*local.*usb|usb.*local/),
  });
  await expect(listPoints({ repository: "local" }, world.deps)).rejects.toMatchObject({
    code: "NEWER_FORMAT",
  });
});

test("a repository that the first backup will make is no failure, one that has vanished is", async () => {
  await using world = await pointOperations();
  await rm(world.paths.usb, { recursive: true });
  const { unreachable, toCome } = await listPoints({}, world.deps);
  expect([unreachable, toCome.map(({ name }) => name)]).toEqual([[], ["usb"]]);
  const result = aBackupResult([
    aUnitResult({ repositories: [{ name: "usb", status: "succeeded", storedBytes: 1 }] }),
  ]);
  world.history.finishRun({ ...aRun, operation: "backup", status: "succeeded", result });
  const since = await listPoints({}, world.deps);
  expect(since.toCome).toEqual([]);
  expect(since.unreachable).toMatchObject([
    { name: "usb", error: { code: "REPOSITORY_UNUSABLE" } },
  ]);
});

test("a unit of no container, no point and no run is unknown, with what was meant", async () => {
  await using world = await pointOperations();
  const deps: typeof world.deps = {
    ...world.deps,
    engine: { containers: async () => [] } as never,
    settings: { host: "web01", stacksDir: `${world.paths.local}/none`, extraStacks: [] } as never,
  };
  await publishPoint(world.local, foreign);
  await expect(listPoints({ unit: "shpo" }, deps)).rejects.toMatchObject({
    code: "UNKNOWN_UNIT",
    message: expect.stringContaining('did you mean "shop"?'),
  });
  expect((await listPoints({ unit: "shop" }, deps)).points).toEqual([]);
  world.history.startRun({ ...aRun, operation: "backup", status: "running", units: ["gone"] });
  expect((await listPoints({ unit: "gone" }, deps)).points).toEqual([]);
  const silent = { containers: () => Promise.reject(unreachableEngine) } as never;
  expect((await listPoints({ unit: "nobody" }, { ...deps, engine: silent })).points).toEqual([]);
});

test("suggests the unit that a verification probably means", async () => {
  await using world = await pointOperations();
  await publishPoint(world.local, old);
  const input = { unit: "shpo", all: false, deep: false, trigger: "cli" };
  await expect(verifyPoints(input, world.deps, world.context)).rejects.toMatchObject({
    code: "UNKNOWN_POINT",
    message: 'there is no point of shpo: did you mean "shop"?',
  });
});

test("counts the warnings of a point's run", async () => {
  await using world = await pointOperations();
  await publishPoint(world.local, old);
  const manifest = `${world.paths.local}/web01/shop/${old.backupId}/manifest.json`;
  const content = JSON.parse(await readFile(manifest, "utf8"));
  await writeFile(manifest, JSON.stringify({ ...content, warnings: ["one", "two"] }));
  const [point] = (await listPoints({}, world.deps)).points;
  expect(point?.warnings).toBe(2);
  expect(point?.point).not.toHaveProperty("warnings");
});

test("says when a point was last found good, until it is found bad", async () => {
  await using world = await pointOperations();
  for (const repository of [world.local, world.usb]) await publishPoint(repository, old);
  const input = { repository: "local", all: false, deep: false, trigger: "cli" };
  await verifyPoints(input, world.deps, world.context);
  const verified = async () =>
    (await listPoints({}, world.deps)).points.map(({ point: p }) => [
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
