import { readdir, readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bedEngine, describeWithEngine } from "../../bed/bed.ts";
import { pointDirectory } from "../../support/archives.ts";
import { expectExit } from "../../support/expect-exit.ts";
import { expectRefused, expectUnitFailed, untouched } from "../../support/refused.ts";
import { composeFile, service } from "../../support/services.ts";
import { type StackAtWork, stackAtWork } from "../../support/stack-at-work.ts";
import { lasting } from "../../support/standing.ts";
import { smallDisk } from "../../support/tmpfs.ts";
import { createWorkspace, type Workspace } from "../../support/workspace.ts";

let at: StackAtWork;

const into = (backupDir: string) =>
  createWorkspace(bedEngine(), { stacksDir: at.stack.root, backupDir });

const backUp = (workspace: Workspace, ...flags: string[]) =>
  workspace.stackhold(["backup", at.stack.name, "--json", ...flags]);

/** A workspace with one good point of the stack. */
async function withPoint() {
  const workspace = await createWorkspace(bedEngine(), { stacksDir: at.stack.root });
  const quick = ["backup", at.stack.name, "--quiesce", "none", "--json"];
  const { backupId } = (await workspace.stackhold(quick)).json();
  return { workspace, directory: pointDirectory(workspace, at.stack.name, backupId), backupId };
}

describeWithEngine("a repository that cannot be used", () => {
  beforeAll(async () => {
    at = await stackAtWork(
      composeFile({ app: service({ volumes: ["data:/data"] }) }, { data: {} }),
    );
    await at.stack.exec("app", ["sh", "-c", "head -c 44000000 /dev/urandom > /data/random"]);
  });
  afterAll(() => at[Symbol.asyncDispose]());

  it("is on a read-only file system, or a file: exit 10 before anything is stopped", async () => {
    await using disk = await smallDisk("1m");
    await disk.remount("ro");
    await using readOnly = await into(join(disk.path, "backups"));
    const code = "REPOSITORY_UNUSABLE";
    const foreseen = await untouched(at, () => backUp(readOnly, "--dry-run"));
    expect(foreseen.code).toBe(10);
    expect(foreseen.json().units[0].error.message).toContain("read-only file system");
    const done = await untouched(at, () => backUp(readOnly));
    expectRefused(done, { exit: 10, code, says: "read-only file system", hint: "writable" });
    const file = join(readOnly.root, "file");
    await writeFile(file, "");
    await using blocked = await into(file);
    const second = await untouched(at, () => backUp(blocked));
    expectRefused(second, { exit: 10, code, says: "not a directory", hint: "choose a directory" });
  });

  it("has vanished with its disk: the point goes to a new one, and the run says so, once", async () => {
    const { workspace } = await withPoint();
    await using _workspace = workspace;
    await rename(workspace.backupDir, `${workspace.backupDir}.unmounted`);
    const listed = await workspace.stackhold(["list", "points", "--json"]);
    const says = "it is not there";
    const code = "REPOSITORY_UNUSABLE";
    expectRefused(listed, { exit: 10, code, says, hint: "the first backup makes it" });
    const units = await workspace.stackhold(["list", "units", "--json"]);
    expectExit(units, 3);
    expect(units.stderr).toContain(says);
    expect(units.json()).not.toEqual([]);
    const again = ["backup", at.stack.name, "--quiesce", "none", "--json"];
    const lost = await workspace.stackhold(again);
    expect(lost).toMatchObject({ code: 3 });
    expect(lost.json().units[0].warnings).toContainEqual(
      expect.stringMatching(/^repository local was not there any more .* is its disk mounted\?$/),
    );
    expect(await workspace.stackhold(again)).toMatchObject({ code: 0 });
  });

  it("became read-only after its points were made: exit 10, and its points are still listed", async () => {
    await using disk = await smallDisk("200m");
    await using workspace = await into(disk.path);
    await workspace.stackhold(["backup", at.stack.name, "--quiesce", "none"]);
    await disk.remount("ro");
    const done = await untouched(at, () => backUp(workspace));
    const refusal = { exit: 10, code: "REPOSITORY_UNUSABLE", says: "read-only", hint: "writable" };
    expectRefused(done, refusal);
    const points = await workspace.stackhold(["list", "points", "--json"]);
    expect(points).toMatchObject({ code: 0 });
    expect(points.json()).toHaveLength(1);
    expect(await workspace.stackhold(["verify", "--json"])).toMatchObject({ code: 0 });
  });

  it("is yet to come: lists say so and exit 0, what needs a point exits 10", async () => {
    await using workspace = await createWorkspace(bedEngine());
    const says = `No backup has been made yet: the first makes ${workspace.backupDir}.`;
    for (const list of ["points", "units"]) {
      const done = await workspace.stackhold(["list", list]);
      expectExit(done, 0);
      expect(done.stdout).toContain(says);
      expect(done.stderr).not.toContain("repository");
    }
    expect((await workspace.stackhold(["list", "points", "--json"])).json()).toEqual([]);
    const code = "REPOSITORY_UNUSABLE";
    const refusal = { exit: 10, code, says: "it is not there", hint: "the first backup makes it" };
    expectRefused(await workspace.stackhold(["verify", "--json"]), refusal);
    const restore = ["restore", at.stack.name, "--yes", "--json"];
    expectRefused(await untouched(at, () => workspace.stackhold(restore)), refusal);
  });

  it("has no space before the run: exit 1, nothing is stopped, no partial point stays", async () => {
    await using disk = await smallDisk("20m");
    await using workspace = await into(join(disk.path, "backups"));
    const says = /has .* free, the next point of .* needs about/;
    const foreseen = await backUp(workspace, "--dry-run");
    expect(foreseen.code).toBe(1);
    expect(foreseen.json().units[0]).toMatchObject({
      status: "failed",
      error: { code: "NO_SPACE", message: expect.stringMatching(says) },
      actions: expect.arrayContaining(["publish the point in local"]),
    });
    expect(await readdir(disk.path)).toEqual([]);
    const done = await untouched(at, () => backUp(workspace));
    expectUnitFailed(done, { exit: 1, code: "NO_SPACE", says, hint: "nothing was stopped" });
    expect(done.stdout).not.toContain('"protected": [\n          "');
  });

  it("has space for one of two on the same disk: the first gets the point, the second says why not", async () => {
    await using disk = await smallDisk("56m");
    const repositories = Object.fromEntries(
      ["one", "two"].map((name) => [name, { type: "archive", path: join(disk.path, name) }]),
    );
    await using workspace = await createWorkspace(bedEngine(), {
      stacksDir: at.stack.root,
      config: { repositories },
    });
    const says = /^repository two has .* free and another repository on its disk wants 22/;
    const foreseen = await backUp(workspace, "--dry-run");
    expect(foreseen.json().units[0].warnings).toEqual([
      expect.stringMatching(/^repository two has no point: .* another repository on its disk/),
    ]);
    const done = await backUp(workspace, "--quiesce", "none");
    expect(done.json().units[0].repositories).toMatchObject([
      { name: "one", status: "succeeded" },
      {
        name: "two",
        status: "failed",
        error: { code: "NO_SPACE", message: expect.stringMatching(says) },
      },
    ]);
    expectExit(done, 3);
  });

  it.each([
    ["none", true],
    ["two-phase", false],
  ])(
    "fills up in mid-run, with freeze %s: exit 1, the unit runs, no partial point stays",
    async (freeze, isStopped) => {
      await using disk = await smallDisk("40m");
      await using workspace = await into(join(disk.path, "backups"));
      const before = await at.look();
      const done = await backUp(workspace, "--freeze", freeze);
      const says = "no space left";
      expectUnitFailed(done, { exit: 1, code: "NO_SPACE", says, hint: "free space" });
      expect(done.json().units[0].downtimeMs > 0).toBe(isStopped);
      expect(lasting(await at.look())).toEqual(lasting(before));
      const left = await readdir(join(workspace.backupDir, "testhost", at.stack.name));
      expect(left).toEqual([]);
      const points = await workspace.stackhold(["list", "points", "--json"]);
      expect(points.json()).toEqual([]);
    },
  );

  it("fills up while another one does not: the point is in that one, exit 3", async () => {
    await using disk = await smallDisk("40m");
    await using good = await createWorkspace(bedEngine());
    await using workspace = await createWorkspace(bedEngine(), {
      stacksDir: at.stack.root,
      config: {
        backup_dir: undefined,
        repositories: {
          small: { type: "archive", path: join(disk.path, "backups") },
          large: { type: "archive", path: good.backupDir },
        },
      },
    });
    const filling = join(disk.path, "filling");
    await writeFile(filling, Buffer.alloc(10e6));
    const foreseen = await backUp(workspace, "--dry-run");
    await rm(filling);
    expect(foreseen.code).toBe(3);
    const [preview] = foreseen.json().units;
    expect(preview.warnings).toEqual([expect.stringMatching(/^repository small has no point: /)]);
    expect(preview.estimate.repositories).toMatchObject([{ name: "large" }]);
    const done = await backUp(workspace);
    expect(done.code).toBe(3);
    const [unit] = done.json().units;
    expect(unit).toMatchObject({ status: "warning" });
    expect(unit.repositories).toMatchObject([
      { name: "small", status: "failed", storedBytes: 0, error: { code: "NO_SPACE" } },
      { name: "large", status: "succeeded" },
    ]);
    expect(unit.warnings).toEqual([
      expect.stringMatching(/^repository small has no point: .*space/),
    ]);
    const points = await workspace.stackhold(["list", "points", "--json"]);
    expect(points.json()).toMatchObject([{ repository: "large" }]);
  });
});

describeWithEngine("a point that cannot be used", () => {
  beforeAll(async () => {
    at = await stackAtWork(
      composeFile({ app: service({ volumes: ["data:/data"] }) }, { data: {} }),
    );
    await at.stack.exec("app", ["sh", "-c", "head -c 100000 /dev/urandom > /data/random"]);
  });
  afterAll(() => at[Symbol.asyncDispose]());

  const restore = (workspace: Workspace, ...more: string[]) =>
    untouched(at, () =>
      workspace.stackhold(["restore", at.stack.name, "--yes", "--json", ...more]),
    );

  it.each([
    ["truncated", (file: string) => truncate(file, 1000)],
    [
      "damaged",
      async (file: string) => {
        const bytes = await readFile(file);
        bytes.writeUInt8(bytes.readUInt8(5000) ^ 0xff, 5000);
        await writeFile(file, bytes);
      },
    ],
  ])(
    "has a %s archive: a restore in place refuses before anything is stopped",
    async (_, damage) => {
      const { workspace, directory, backupId } = await withPoint();
      await using _workspace = workspace;
      await damage(join(directory, "volume-data.tar.zst"));
      const says = `the point ${backupId} of ${at.stack.name} in local is damaged: volume:data: `;
      const refusal = { exit: 1, code: "POINT_DAMAGED", says, hint: "nothing was touched" };
      expectRefused(await restore(workspace), refusal);
      const checked = await workspace.stackhold(["verify", "--json"]);
      expect(checked.code).toBe(1);
    },
  );

  it("has a corrupt manifest: restore names it, and latest takes no other in silence", async () => {
    const { workspace, directory, backupId } = await withPoint();
    await using _workspace = workspace;
    await writeFile(join(directory, "manifest.json"), '{"format": 1, "unit"');
    const code = "POINT_DAMAGED";
    const says = "its manifest is not JSON";
    const hint = /\S/;
    expectRefused(await restore(workspace, "--at", backupId), { exit: 1, code, says, hint });
    const latest = await restore(workspace);
    const damaged = { exit: 1, code, says: `${backupId} of`, hint: "nothing was touched" };
    expectRefused(latest, damaged);
    const points = await workspace.stackhold(["list", "points", "--json"]);
    expect(points.json()).toMatchObject([{ backupId, status: "damaged" }]);
    const again = await workspace.stackhold([
      ...["backup", at.stack.name, "--quiesce", "none", "--json"],
    ]);
    expect(again).toMatchObject({ code: 0 });
  });

  it("does not fit where it is to go: exit 1 before anything is written, in the dry run too", async () => {
    const { workspace } = await withPoint();
    await using _workspace = workspace;
    await using disk = await smallDisk("64k");
    const says = new RegExp(
      `^${disk.path} has 65\\.5 kB free, this point needs .* kB; nothing was`,
    );
    const refusal = { exit: 1, code: "NO_SPACE", says, hint: "free space there" };
    const to = ["--to", `directory:${disk.path}`];
    expectRefused(await restore(workspace, ...to), refusal);
    expectRefused(await restore(workspace, ...to, "--dry-run"), refusal);
    expect(await readdir(disk.path)).toEqual([]);
  });

  it("was written by a newer Stackhold: exit 13, nothing is touched, nothing deleted", async () => {
    const { workspace, directory, backupId } = await withPoint();
    await using _workspace = workspace;
    const file = join(directory, "manifest.json");
    const manifest = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, JSON.stringify({ ...manifest, format: 2, parts: "of another kind" }));
    const says = `point ${backupId} was written by a newer Stackhold`;
    const refusal = { exit: 13, code: "NEWER_FORMAT", says, hint: "use that version" };
    expectRefused(await restore(workspace, "--at", backupId), refusal);
    const points = await workspace.stackhold(["list", "points", "--json"]);
    expect(points.json()).toMatchObject([{ backupId, status: "newer" }]);
    expect((await stat(directory)).isDirectory()).toBe(true);
  });

  it("lies in a repository of a newer format, or of a damaged one: exit 13 and 10", async () => {
    const { workspace } = await withPoint();
    await using _workspace = workspace;
    const file = join(workspace.backupDir, "stackhold-repository.json");
    await writeFile(file, '{"format": 2, "id": "x"}');
    const newer = { exit: 13, code: "NEWER_FORMAT", says: "newer Stackhold", hint: "that version" };
    for (const command of [["backup", at.stack.name], ["list", "points"], ["verify"]]) {
      const done = await untouched(at, () => workspace.stackhold([...command, "--json"]));
      expectRefused(done, newer);
    }
    expectRefused(await restore(workspace), newer);
    await writeFile(file, "not json");
    const damaged = await untouched(at, () => backUp(workspace));
    const says = "stackhold-repository.json is damaged";
    expectRefused(damaged, { exit: 10, code: "REPOSITORY_UNUSABLE", says, hint: "move" });
  });
});
