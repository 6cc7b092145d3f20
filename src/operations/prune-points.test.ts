import { readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pruneResultSchema } from "../domain/point-results.ts";
import type { Retention } from "../domain/policy.ts";
import { pointOperations } from "../testing/point-operations.ts";
import { publishPoint } from "../testing/points.ts";
import { type PruneInput, prunePoints } from "./prune-points.ts";
import { verifyPoints } from "./verify-points.ts";

const days = ["2026-11-16", "2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20"] as const;
const idOf = (day: string) => `${day}T02-00-00Z`;
const ref = (day: string, unit = "shop", host = "web01") => ({ host, unit, backupId: idOf(day) });

type World = Awaited<ReturnType<typeof pointOperations>>;

async function fill(world: World, repository: "local" | "usb", unit = "shop", host = "web01") {
  for (const day of days) await publishPoint(world[repository], ref(day, unit, host));
}

function input(retention: Retention, over: Partial<PruneInput> = {}): PruneInput {
  const ruleFor = () => ({ retention, timeZone: "UTC" });
  return { unit: "shop", dryRun: false, ruleFor, trigger: "manual", ...over };
}

const short = (point: { unit: string; backupId: string; repository: string }) =>
  `${point.unit} ${point.backupId.slice(8, 10)} ${point.repository}`;

async function stored(world: World, repository: "local" | "usb", host = "web01") {
  const points = await world[repository].list({ host });
  return points.map(({ unit, backupId }) => `${unit} ${backupId.slice(8, 10)}`).sort();
}

async function flipLastByte(file: string) {
  const content = await readFile(file);
  content.writeUInt8(content.readUInt8(content.length - 1) ^ 0xff, content.length - 1);
  await writeFile(file, content);
}

test("forgets how a point was found that it deletes: another may have its id one day", async () => {
  await using world = await pointOperations();
  await fill(world, "local");
  const check = { unit: "shop", all: true, deep: false, trigger: "manual" } as const;
  await verifyPoints(check, world.deps, world.context);
  await prunePoints(input({ latest: 2 }), world.deps, world.context);
  const left = world.deps.history.verifications("shop").map(({ backupId }) => backupId);
  expect(left.toSorted()).toEqual(["2026-11-19", "2026-11-20"].map(idOf));
});

test("deletes what the rules do not keep, and says which and why", async () => {
  await using world = await pointOperations();
  await fill(world, "local");
  const result = await prunePoints(input({ latest: 2 }), world.deps, world.context);
  expect(pruneResultSchema.parse(result)).toEqual(result);
  expect(result).toMatchObject({ dryRun: false, kept: 2, unreachable: [] });
  expect(result.deleted.map(short)).toEqual(["shop 16 local", "shop 17 local", "shop 18 local"]);
  expect(result.deleted[0]?.reason).toBe("not among latest 2");
  expect(await stored(world, "local")).toEqual(["shop 19", "shop 20"]);
  const freed = result.deleted.reduce((sum, { freedBytes }) => sum + freedBytes, 0);
  expect([result.freedBytes, freed > 0]).toEqual([freed, true]);
  expect(world.events).toContainEqual({
    type: "log",
    unit: "shop",
    level: "info",
    message: expect.stringMatching(
      /^deleted point 2026-11-16T02-00-00Z of shop in local: not among latest 2, freed \d/,
    ),
  });
  expect(world.history.recordedRuns.map(({ operation, status }) => [operation, status])).toEqual([
    ["prune", "running"],
    ["prune", "succeeded"],
  ]);
});

test("a dry run tells the same and changes nothing, not even the history", async () => {
  await using world = await pointOperations();
  await fill(world, "local");
  const dry = input({ latest: 2 }, { dryRun: true });
  const preview = await prunePoints(dry, world.deps, world.context);
  expect(pruneResultSchema.parse(preview)).toEqual(preview);
  expect(preview).toMatchObject({ dryRun: true, kept: 2 });
  expect(preview.keptPoints?.map(({ reason }) => reason)).toEqual([
    "newest good point, latest 1 of 2",
    "latest 2 of 2",
  ]);
  expect(await stored(world, "local")).toHaveLength(5);
  expect(world.history.recordedRuns).toEqual([]);
  const done = await prunePoints(input({ latest: 2 }), world.deps, world.context);
  expect(done.deleted.map(short)).toEqual(preview.deleted.map(short).toReversed());
});

test("goes by each repository's own rule, in one of them where one is named", async () => {
  await using world = await pointOperations();
  for (const repository of ["local", "usb"] as const) await fill(world, repository);
  const ruleFor: PruneInput["ruleFor"] = (unit, repository) => ({
    retention: { latest: unit === "shop" && repository === "usb" ? 4 : 1 },
    timeZone: "UTC",
  });
  const both = input({}, { ruleFor, repository: "usb" });
  expect((await prunePoints(both, world.deps, world.context)).deleted).toHaveLength(1);
  expect(await stored(world, "local")).toHaveLength(5);
  const { deleted } = await prunePoints(input({}, { ruleFor }), world.deps, world.context);
  expect(deleted.every(({ repository }) => repository === "local")).toBe(true);
  expect(await stored(world, "local")).toEqual(["shop 20"]);
});

test("keeps what is pinned, and the newest point that was found good by a check", async () => {
  await using world = await pointOperations();
  await fill(world, "local");
  await world.local.pin(ref(days[0]), true);
  for (const [day, ok, at] of [
    [days[1], true, "2026-11-21T03:00:00Z"],
    [days[2], true, "2026-11-21T02:00:00Z"],
    [days[3], true, "2026-11-21T01:00:00Z"],
    [days[3], false, "2026-11-21T04:00:00Z"],
  ] as const) {
    world.history.recordVerification({ ...ref(day), repository: "local", at, ok, deep: true });
  }
  await prunePoints(input({ latest: 1 }), world.deps, world.context);
  expect(await stored(world, "local")).toEqual(["shop 16", "shop 18", "shop 20"]);
});

test.each([
  ["is missing", (file: string) => rm(file)],
  ["is cut short", (file: string) => truncate(file, 10)],
  ["has other bytes, as a check found", flipLastByte],
])("deletes no good point for a newest one of which a file %s", async (_, harm) => {
  await using world = await pointOperations();
  await fill(world, "local");
  const { host, unit, backupId } = ref(days[4]);
  await harm(join(world.paths.local, host, unit, backupId, "volume-data.tar.zst"));
  const check = { all: false, deep: false, trigger: "manual" };
  expect((await verifyPoints(check, world.deps, world.context)).ok).toBe(false);
  const { deleted } = await prunePoints(input({ latest: 1 }), world.deps, world.context);
  expect(deleted.map(short)).toEqual(["shop 16 local", "shop 17 local", "shop 18 local"]);
  expect(await stored(world, "local")).toEqual(["shop 19", "shop 20"]);
});

test("never touches another host's points, nor those of a unit that is no longer here", async () => {
  await using world = await pointOperations();
  await fill(world, "local");
  await fill(world, "local", "gone");
  await fill(world, "local", "shop", "web02");
  const engine = {
    info: () => Promise.reject(new Error("the host is configured")),
    containers: () => Promise.resolve([standalone("shop")]),
  } as never;
  const settings = { host: "web01", stacksDir: "/nowhere", extraStacks: [] } as never;
  const deps = { ...world.deps, engine, settings };
  const { unit: _, ...all } = input({ latest: 1 });
  const preview = await prunePoints({ ...all, dryRun: true }, deps, world.context);
  const result = await prunePoints(all, deps, world.context);
  expect(result.deleted).toHaveLength(4);
  expect(preview.keptPoints?.at(-1)).toMatchObject({
    unit: "gone",
    reason: "its unit is no longer here",
  });
  expect(await stored(world, "local")).toEqual([
    ...days.map((day) => `gone ${day.slice(8)}`),
    "shop 20",
  ]);
  expect(await stored(world, "local", "web02")).toHaveLength(5);
  await prunePoints(input({ latest: 1 }, { unit: "gone" }), world.deps, world.context);
  expect(await stored(world, "local")).toEqual(["gone 20", "shop 20"]);
});

test("does the others when one repository does not answer, and none when none does", async () => {
  await using world = await pointOperations();
  await fill(world, "local");
  await rm(world.paths.usb, { recursive: true });
  const result = await prunePoints(input({ latest: 1 }), world.deps, world.context);
  expect(result.unreachable).toMatchObject([
    { name: "usb", error: { code: "REPOSITORY_UNUSABLE" } },
  ]);
  expect(result.deleted).toHaveLength(4);
  await rm(world.paths.local, { recursive: true });
  await expect(prunePoints(input({ latest: 1 }), world.deps, world.context)).rejects.toMatchObject({
    code: "REPOSITORY_UNUSABLE",
  });
});

test("is refused while somebody else works on the unit or the repository", async () => {
  await using world = await pointOperations();
  await fill(world, "local");
  const prune = () => prunePoints(input({ latest: 1 }), world.deps, world.context);
  for (const name of ["unit/shop", `repository/${world.paths.usb}`]) {
    await using _lock = await world.deps.locks.acquire(name, "run", "restore of shop");
    await expect(prune()).rejects.toMatchObject({
      code: "LOCKED",
      message: expect.stringContaining("restore of shop"),
    });
    expect(await stored(world, "local")).toHaveLength(5);
  }
  expect((await prune()).deleted).toHaveLength(4);
});

test("deletes nothing where the newest points are damaged and none is good", async () => {
  await using world = await pointOperations();
  await fill(world, "local");
  for (const day of days) {
    await writeFile(`${world.paths.local}/web01/shop/${idOf(day)}/manifest.json`, "{");
  }
  const result = await prunePoints(input({ latest: 1 }), world.deps, world.context);
  expect(result).toMatchObject({ deleted: [], kept: 5, freedBytes: 0 });
});

test("says that there is no such unit, and stops between two points when cancelled", async () => {
  await using world = await pointOperations();
  await fill(world, "local");
  await expect(
    prunePoints(input({ latest: 1 }, { unit: "shpo" }), world.deps, world.context),
  ).rejects.toMatchObject({
    code: "UNKNOWN_POINT",
    message: expect.stringContaining('did you mean "shop"?'),
  });
  const emit: typeof world.context.emit = (happening) => {
    if (happening.type === "log") world.controller.abort();
  };
  await expect(
    prunePoints(input({ latest: 1 }), world.deps, { ...world.context, emit }),
  ).rejects.toMatchObject({ code: "CANCELLED" });
  expect(await stored(world, "local")).toHaveLength(4);
  expect(world.history.recordedRuns.at(-1)).toMatchObject({ status: "cancelled" });
});

function standalone(name: string) {
  return {
    id: name,
    name,
    image: "busybox",
    imageId: "i",
    state: "running",
    labels: {},
    mounts: [],
  };
}
