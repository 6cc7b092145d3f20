import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createLocks } from "../../../src/adapters/sqlite/locks.ts";
import { createSystemClock } from "../../../src/adapters/system-clock/system-clock.ts";
import { pruneResultSchema } from "../../../src/domain/point-results.ts";
import { daysAgo, storePoints } from "../../support/old-points.ts";
import { expectRefused } from "../../support/refused.ts";
import { createWorkspace, type Workspace } from "../../support/workspace.ts";

const nobody = { dockerHost: "unix:///nonexistent/docker.sock", env: { PATH: process.env.PATH } };
const ids = [0, 1, 2, 3, 4].map(daysAgo);

/** No engine answers: what is kept is between the configuration and the repository. */
async function withPoints(config: Record<string, unknown> = {}): Promise<Workspace> {
  const workspace = await createWorkspace(nobody, { config });
  await storePoints(workspace, "shop", ids);
  return workspace;
}

async function stored(workspace: Workspace, ...args: string[]): Promise<string[]> {
  const listed = await workspace.stackhold(["list", "points", ...args, "--json"]);
  return listed.json().map((point: { backupId: string }) => point.backupId);
}

const latest = (count: number) => ({ retention: { latest: count } });

it("shows what would be deleted and what is kept, and why", async () => {
  await using workspace = await withPoints(latest(2));
  const done = await workspace.stackhold(["prune", "shop", "--dry-run"]);
  expect(done.code).toBe(0);
  const rows = done.stdout.split("\n").map((line) => line.split(/ {2,}/));
  expect(rows[0]).toEqual(["POINT", "AGE", "ACT", "WHY"]);
  expect(rows).toContainEqual([ids[1], expect.any(String), "keep", "latest 2 of 2"]);
  expect(rows).toContainEqual([ids[2], expect.any(String), "delete", "not among latest 2"]);
  expect(done.stdout).toMatch(/3 points would be deleted \(about .*\), 2 kept/);
  const document = (await workspace.stackhold(["prune", "shop", "--dry-run", "--json"])).json();
  expect(pruneResultSchema.parse(document)).toEqual(document);
  expect(document).toMatchObject({
    kept: 2,
    deleted: [{ unit: "shop", repository: "local" }, {}, {}],
  });
  expect(await stored(workspace)).toHaveLength(5);
});

it("says when there is nothing to delete", async () => {
  await using workspace = await withPoints(latest(5));
  const done = await workspace.stackhold(["prune", "shop", "--dry-run"]);
  expect(done.stdout).toMatch(/^nothing to delete, 5 kept$/m);
});

it("wants --yes off a terminal while there is something to delete", async () => {
  await using workspace = await withPoints(latest(2));
  const asked = await workspace.stackhold(["prune", "shop", "--json"]);
  expectRefused(asked, {
    exit: 2,
    code: "CONFIRMATION_REQUIRED",
    says: "deleting 3 points of 1 unit",
    hint: "--yes",
  });
  expect(await stored(workspace)).toHaveLength(5);
  const done = await workspace.stackhold(["prune", "shop", "--yes", "--json"]);
  expect(done.code).toBe(0);
  expect(done.json().deleted.map((point: { backupId: string }) => point.backupId)).toEqual([
    ids[4],
    ids[3],
    ids[2],
  ]);
  expect(done.json().freedBytes).toBeGreaterThan(0);
  expect(await stored(workspace)).toEqual(ids.slice(0, 2));
  const again = await workspace.stackhold(["prune", "shop", "--json"]);
  expect(again.code).toBe(0);
  expect(again.json()).toMatchObject({ deleted: [], kept: 2, freedBytes: 0 });
  const log = await readFile(join(workspace.logDir, "stackhold.log"), "utf8");
  expect(log).toContain(`deleted point ${ids[4]} of shop in local: not among latest 2, freed`);
  const runs = await workspace.stackhold(["list", "runs", "shop", "--json"]);
  expect(runs.json()).toMatchObject([{ operation: "prune", status: "succeeded" }]);
});

it("goes by the unit's block over the global one, and by the repository's over both", async () => {
  const config = { retention: { latest: 1 }, units: { shop: { retention: { daily: 3 } } } };
  await using workspace = await withPoints(config);
  await workspace.stackhold(["prune", "shop", "--yes"]);
  expect(await stored(workspace)).toEqual(ids.slice(0, 3));
  const path = workspace.backupDir;
  const repositories = { local: { type: "archive", path, retention: { latest: 2 } } };
  await using other = await createWorkspace(nobody, { config: { ...config, repositories } });
  await other.stackhold(["prune", "shop", "--yes"]);
  expect(await stored(workspace)).toEqual(ids.slice(0, 2));
});

it.each(["", ":/etc/localtime", "nonsense"])("counts in UTC where TZ is %j", async (TZ) => {
  await using workspace = await withPoints({ retention: { daily: 2 } });
  const args = ["prune", "shop", "--dry-run", "--json"];
  const done = await workspace.stackhold(args, { env: { TZ } });
  expect([done.code, done.json().kept]).toEqual([0, 2]);
});

it("needs the engine to know which units are here, unless one is named", async () => {
  await using workspace = await withPoints(latest(2));
  const done = await workspace.stackhold(["prune", "--yes", "--json"]);
  expectRefused(done, { exit: 1, code: "ENGINE_UNREACHABLE", says: "", hint: "" });
  expect(await stored(workspace)).toHaveLength(5);
});

it("exits 11 while another run works on the unit, naming it", async () => {
  await using workspace = await withPoints(latest(2));
  const locks = createLocks({ stateDir: workspace.stateDir, clock: createSystemClock() });
  {
    await using _lock = await locks.acquire("unit/shop", "run", "restore of shop");
    const says = "unit shop is in use by restore of shop";
    const refusal = { exit: 11, code: "LOCKED", says, hint: "wait" };
    expectRefused(await workspace.stackhold(["prune", "shop", "--yes", "--json"]), refusal);
    const one = ["admin", "snapshot", "delete", "shop", ids[4] ?? "", "--yes", "--json"];
    expectRefused(await workspace.stackhold(one), refusal);
  }
  expect(await stored(workspace)).toHaveLength(5);
});

it("exits 3 when one repository does not answer, the others done, and 10 when none does", async () => {
  const root = await withPoints();
  await using _root = root;
  const config = {
    ...latest(2),
    repositories: {
      local: { type: "archive", path: root.backupDir },
      away: { type: "archive", path: join(root.root, "not", "mounted") },
    },
  };
  await using workspace = await createWorkspace(nobody, { config });
  const some = await workspace.stackhold(["prune", "shop", "--yes", "--json"]);
  expect(some.code).toBe(3);
  expect(some.json()).toMatchObject({ kept: 2, unreachable: [{ name: "away" }] });
  expect(await stored(workspace)).toHaveLength(2);
  await rm(root.backupDir, { recursive: true });
  const none = await workspace.stackhold(["prune", "shop", "--yes", "--json"]);
  expectRefused(none, { exit: 10, code: "REPOSITORY_UNUSABLE", says: "away", hint: "" });
});

it("lists, pins, unpins and deletes single points", async () => {
  await using workspace = await withPoints(latest(1));
  const snapshot = (...args: string[]) =>
    workspace.stackhold(["admin", "snapshot", ...args, "--json"]);
  const [newest = "", second = "", third = ""] = ids;
  expect((await snapshot("pin", "shop", third)).json()).toMatchObject({
    unit: "shop",
    backupId: third,
    pinned: true,
    repositories: ["local"],
  });
  const latestOne = { backupId: newest, pinned: true };
  expect((await snapshot("pin", "shop", "latest")).json()).toMatchObject(latestOne);
  expect((await snapshot("unpin", "shop", "latest")).json().backupId).toBe(newest);
  const listed: { pinned: boolean }[] = (await snapshot("list", "shop")).json();
  expect(listed.map(({ pinned }) => pinned)).toEqual([false, false, true, false, false]);
  const people = await workspace.stackhold(["list", "points"]);
  expect(people.stdout).toMatch(new RegExp(`^${third} .* pinned$`, "m"));
  const refused = await snapshot("delete", "shop", third, "--yes");
  expectRefused(refused, { exit: 2, code: "POINT_PINNED", says: "is pinned", hint: "unpin" });
  const unasked = { exit: 2, code: "CONFIRMATION_REQUIRED", hint: "--yes" };
  expectRefused(await snapshot("delete", "shop", second), { ...unasked, says: second });
  expectRefused(await snapshot("delete", "shop", newest), {
    ...unasked,
    says: "newest good point",
  });
  const preview = ["admin", "snapshot", "delete", "shop", second, "--dry-run"];
  const previewed = await workspace.stackhold(preview);
  expect(previewed.stdout).toMatch(
    /\n.* delete +asked for\n1 point would be deleted .*, 4 kept\.\n/,
  );
  const deleted = await snapshot("delete", "shop", second, "--yes");
  expect(deleted.json()).toMatchObject({ deleted: [{ backupId: second }], kept: 4 });
  const runs = await workspace.stackhold(["list", "runs", "shop", "--json"]);
  expect(runs.json()).toMatchObject([{ operation: "delete", status: "succeeded" }]);
  const logs = await readdir(workspace.logDir);
  expect(logs.filter((name) => name.startsWith("prune_"))).toEqual([]);
  await workspace.stackhold(["prune", "shop", "--yes"]);
  expect(await stored(workspace)).toEqual([newest, third]);
  await snapshot("unpin", "shop", third);
  await workspace.stackhold(["prune", "shop", "--yes"]);
  expect(await stored(workspace)).toEqual([newest]);
  await snapshot("delete", "shop", newest, "--yes");
  expect(await stored(workspace)).toEqual([]);
  const nothing = await snapshot("pin", "shop", newest);
  expectRefused(nothing, { exit: 2, code: "UNKNOWN_POINT", says: newest, hint: "list points" });
});
