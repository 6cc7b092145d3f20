import { rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { verifyResultSchema } from "../domain/point-results.ts";
import { pointOperations } from "../testing/point-operations.ts";
import { publishPoint } from "../testing/points.ts";
import { type VerifyInput, verifyPoints } from "./verify-points.ts";

const old = { host: "web01", unit: "shop", backupId: "2026-11-20T02-00-00Z" };
const young = { ...old, backupId: "2026-11-21T02-00-00Z" };
const blog = { ...old, unit: "blog" };
const newest = { all: false, deep: false, trigger: "cli" };

async function world() {
  const made = await pointOperations();
  for (const ref of [old, young, blog]) await publishPoint(made.local, ref);
  await publishPoint(made.usb, old);
  const verify = (input: Partial<VerifyInput> = {}) =>
    verifyPoints({ ...newest, ...input }, made.deps, made.context);
  const file = (repository: "local" | "usb", ref: typeof old, name = "volume-data.tar.zst") =>
    join(made.paths[repository], ref.host, ref.unit, ref.backupId, name);
  return { ...made, verify, file };
}

test("checks the newest point of each unit in each repository", async () => {
  await using here = await world();
  const result = await here.verify();
  expect(verifyResultSchema.parse(result)).toEqual({
    schemaVersion: 1,
    checked: 3,
    ok: true,
    problems: [],
    unreachable: [],
  });
  const checked = here.history.recordedVerifications.map(
    ({ repository, unit, backupId, ok, deep }) => [repository, unit, backupId, ok, deep],
  );
  expect(checked.sort()).toEqual([
    ["local", "blog", blog.backupId, true, false],
    ["local", "shop", young.backupId, true, false],
    ["usb", "shop", old.backupId, true, false],
  ]);
});

test("names what is wrong, and goes on with the other points", async () => {
  await using here = await world();
  await truncate(here.file("local", young), 5);
  await writeFile(here.file("usb", old, "manifest.json"), "{");
  const { ok, checked, problems } = await here.verify({ deep: true });
  expect({ ok, checked }).toEqual({ ok: false, checked: 3 });
  expect(problems).toEqual([
    {
      unit: "shop",
      backupId: young.backupId,
      repository: "local",
      part: "volume:data",
      problem: expect.stringContaining("volume-data.tar.zst has 5 bytes instead of"),
    },
    {
      unit: "shop",
      backupId: old.backupId,
      repository: "usb",
      part: "manifest",
      problem: expect.stringContaining(here.paths.usb),
    },
  ]);
  expect(here.history.recordedVerifications.filter((each) => !each.ok)).toHaveLength(2);
});

test.each([
  [{ all: true }, 4],
  [{ unit: "shop" }, 2],
  [{ unit: "shop", all: true }, 3],
  [{ repository: "local" }, 2],
  [{ at: "2026-11-20" }, 3],
  [{ at: young.backupId }, 1],
  [{ at: "latest", unit: "blog" }, 1],
])("with %j it checks %i points", async (input, checked) => {
  await using here = await world();
  expect((await here.verify(input)).checked).toBe(checked);
});

test.each([
  [{ unit: "nobody" }, "UNKNOWN_POINT"],
  [{ at: "2026-11-19" }, "UNKNOWN_POINT"],
  [{ at: "yesterday" }, "USAGE"],
  [{ repository: "tape" }, "UNKNOWN_REPOSITORY"],
])("with %j it is refused as %s", async (input, code) => {
  await using here = await world();
  await expect(here.verify(input)).rejects.toMatchObject({ code });
  expect(here.history.recordedRuns).toEqual([]);
});

test("a repository that does not answer is not ok", async () => {
  await using here = await world();
  await rm(here.paths.usb, { recursive: true });
  expect(await here.verify()).toMatchObject({
    ok: false,
    checked: 2,
    problems: [],
    unreachable: [{ name: "usb" }],
  });
});

test("nothing stored yet is nothing wrong", async () => {
  await using made = await pointOperations();
  const result = await verifyPoints(newest, made.deps, made.context);
  expect(result).toMatchObject({ ok: true, checked: 0 });
});

test("tells its steps and progress, and notes the run", async () => {
  await using here = await world();
  const result = await here.verify({ unit: "blog" });
  expect(here.events.map((event) => event.type)).toEqual([
    "run.started",
    "step.started",
    "progress",
    "step.finished",
  ]);
  expect(here.history.recordedRuns).toMatchObject([
    { runId: "run-1", operation: "verify", status: "running", units: ["blog"] },
    { runId: "run-1", operation: "verify", status: "succeeded", result },
  ]);
});

test("is cancelled by its signal", async () => {
  await using here = await world();
  here.controller.abort();
  await expect(here.verify()).rejects.toMatchObject({ code: "CANCELLED" });
  expect(here.history.recordedRuns.at(-1)).toMatchObject({ status: "cancelled" });
});
