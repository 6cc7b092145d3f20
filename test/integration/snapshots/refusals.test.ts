import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createSnapshots } from "../../../src/adapters/snapshot-fs/snapshot-fs.ts";
import type { Tree } from "../../../src/ports/capture.ts";
import { canLoop, type LoopOptions, loopFileSystem } from "../../bed/loop-file-system.ts";
import { run } from "../../bed/run.ts";
import { describeTree } from "../../fixtures/odd-tree/describe-tree.ts";
import { fakePrograms, pathWithout } from "../../support/fake-programs.ts";
import { smallDisk } from "../../support/tmpfs.ts";
import { layOut, layouts, realRunner } from "./layouts.ts";

const snapshots = createSnapshots({ runner: realRunner() });
const treeAt = (path: string, type: Tree["type"] = "directory"): Tree => ({
  path,
  type,
  exclude: [],
});

async function dataOn(type: "btrfs" | "xfs", options: LoopOptions = {}) {
  const fileSystem = await loopFileSystem(type, options);
  const path = join(fileSystem.path, "data");
  await mkdir(path);
  await writeFile(join(path, "file"), "content");
  const dispose = () => fileSystem[Symbol.asyncDispose]();
  return { root: fileSystem.path, path, fileSystem, [Symbol.asyncDispose]: dispose };
}

/** Mounts until it is disposed. */
async function mounted(...args: readonly string[]): Promise<AsyncDisposable> {
  await run(["mount", ...args]);
  return { [Symbol.asyncDispose]: async () => void (await run(["umount", args.at(-1) ?? ""])) };
}

async function refused(path: string, reason: string, type?: Tree["type"]): Promise<void> {
  expect(await snapshots.way(treeAt(path, type))).toEqual({ none: reason });
  await expect(snapshots.take(treeAt(path, type), "run")).rejects.toMatchObject({
    code: "TOOL_FAILED",
  });
}

describe.skipIf(!canLoop("btrfs", "xfs"))("where there can be no snapshot, it says why", () => {
  test("on a file system that has none", async () => {
    await using disk = await smallDisk("4m");
    await refused(disk.path, "tmpfs has no snapshots that can be used");
  });

  test("on xfs that was made without reflinks", async () => {
    await using data = await dataOn("xfs", { make: ["-m", "reflink=0"] });
    await refused(data.path, "xfs without reflinks");
  });

  test("with something mounted inside", async () => {
    await using data = await dataOn("btrfs");
    const inner = join(data.path, "in ner");
    await mkdir(inner);
    await using _mount = await mounted("-t", "tmpfs", "none", inner);
    await refused(data.path, `${inner} is mounted inside it`);
  });

  test("of a file that is a mount point", async () => {
    await using data = await dataOn("xfs");
    const file = join(data.path, "file");
    await using _mount = await mounted("--bind", file, file);
    await refused(file, "it is a file that is a mount point", "file");
  });

  test("of what is not there", async () => {
    await refused("/nowhere/at/all", "it cannot be looked at: ENOENT");
  });

  test("on a file system that is read-only", async () => {
    await using data = await dataOn("xfs");
    await data.fileSystem.remount("ro");
    await refused(data.path, "nothing can be written beside it: EROFS");
  });

  test("of files that btrfs does not clone, where it cannot take a snapshot either", async () => {
    const layout = layouts["a mounted directory of btrfs"];
    if (layout === undefined) throw new Error("no such layout");
    await using laid = await layOut(layout);
    const directory = join(laid.directory, "-C", "new\nline");
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, "file"), "content");
    expect(await laid.snapshots.way(treeAt(laid.directory))).toMatchObject({ way: "reflink" });
    await run(["chattr", "+C", directory]);
    await writeFile(join(directory, ".database"), "content");
    await refused(
      laid.directory,
      "btrfs cannot clone files with the attribute C (no copy on write)",
    );
  });
});

describe.skipIf(!canLoop("btrfs"))("a btrfs subvolume", () => {
  test("is cloned when another lies inside the tree, with what that holds", async () => {
    await using data = await dataOn("btrfs");
    await mkdir(join(data.path, "deep"));
    await run(["btrfs", "subvolume", "create", join(data.path, "deep", "odd\nname")]);
    await writeFile(join(data.path, "deep", "odd\nname", "file"), "inner");
    const before = describeTree(data.path);
    expect(await snapshots.way(treeAt(data.path))).toMatchObject({ way: "reflink" });
    const snapshot = await snapshots.take(treeAt(data.path), "run");
    expect(snapshot.way).toBe("reflink");
    expect(describeTree(snapshot.tree.path)).toEqual(before);
    await snapshot.drop();
  });

  test("is snapshotted when others lie beside the tree, or are snapshots of its own", async () => {
    await using data = await dataOn("btrfs");
    const first = await snapshots.take(treeAt(data.root), "first");
    await run(["btrfs", "subvolume", "create", `${data.path}-2`]);
    const second = await snapshots.take(treeAt(data.path), "second");
    expect([first.way, second.way]).toEqual(["subvolume", "subvolume"]);
    await first.drop();
    await second.drop();
  });

  test("is seen for what it is below a mount of it and through links", async () => {
    await using data = await dataOn("btrfs");
    const [subvolume, mountPoint] = [join(data.root, "@"), join(data.root, "mnt")];
    await run(["btrfs", "subvolume", "create", subvolume]);
    await mkdir(join(subvolume, "srv", "data"), { recursive: true });
    await mkdir(mountPoint);
    await using _mount = await mounted("--bind", subvolume, mountPoint);
    await symlink(join(mountPoint, "srv"), join(data.root, "link"));
    const tree = treeAt(join(data.root, "link", "data"));
    expect(await snapshots.way(tree)).toMatchObject({ way: "subvolume" });
    await run(["btrfs", "subvolume", "create", join(subvolume, "srv", "data", "inner")]);
    expect(await snapshots.way(tree)).toMatchObject({ way: "reflink" });
  });

  test("is not mistaken for another where a directory is mounted elsewhere", async () => {
    await using data = await dataOn("btrfs");
    const [source, mountPoint] = [join(data.root, "source"), join(data.root, "mnt")];
    await mkdir(join(source, "data"), { recursive: true });
    await mkdir(join(mountPoint, "data"), { recursive: true });
    await writeFile(join(source, "data", "file"), "the right one");
    await writeFile(join(mountPoint, "data", "file"), "the wrong one");
    await using _mount = await mounted("--bind", source, mountPoint);
    const path = join(mountPoint, "data");
    const before = describeTree(path);
    const snapshot = await snapshots.take(treeAt(path), "run");
    expect(describeTree(snapshot.tree.path)).toEqual(before);
    await snapshot.drop();
  });

  test("is cloned where the program btrfs is missing", async () => {
    await using data = await dataOn("btrfs");
    await using programs = await pathWithout("btrfs");
    const without = createSnapshots({ runner: realRunner(programs.path) });
    expect(await without.way(treeAt(data.path))).toMatchObject({ way: "reflink" });
    const snapshot = await without.take(treeAt(data.path), "run");
    expect(describeTree(snapshot.tree.path)).toEqual(describeTree(data.path));
    await snapshot.drop();
  });

  test("is told to be full when the snapshot finds no room", async () => {
    await using data = await dataOn("btrfs");
    const before = describeTree(data.root);
    const fails = 'echo "ERROR: cannot snapshot: No space left on device" >&2; exit 1';
    const btrfs = `if [ "$2" = snapshot ]; then ${fails}; fi; exec "$REAL" "$@"`;
    await using programs = await fakePrograms({ btrfs });
    const failing = createSnapshots({ runner: realRunner(programs.path) });
    await expect(failing.take(treeAt(data.path), "run")).rejects.toMatchObject({
      code: "NO_SPACE",
    });
    expect(describeTree(data.root)).toEqual(before);
  });
});
