import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createSnapshots } from "../../../src/adapters/snapshot-fs/snapshot-fs.ts";
import type { Tree } from "../../../src/ports/capture.ts";
import { temporaryDirectory } from "../../../src/testing/points.ts";
import { canLoop } from "../../bed/loop-file-system.ts";
import { searchPath } from "../../bed/paths.ts";
import { run } from "../../bed/run.ts";
import { describeTree } from "../../fixtures/odd-tree/describe-tree.ts";
import { fakePrograms } from "../../support/fake-programs.ts";
import { type LaidOut, layOut, layouts, realRunner } from "./layouts.ts";

const treeOf = ({ directory }: LaidOut): Tree => ({
  path: directory,
  type: "directory",
  exclude: [],
});

const layoutsModule = new URL("./layouts.ts", import.meta.url).href;
const adapterModule = new URL("../../../src/adapters/snapshot-fs/snapshot-fs.ts", import.meta.url)
  .href;

async function fill({ directory }: LaidOut): Promise<void> {
  for (let group = 0; group < 20; group += 1) {
    const below = join(directory, `dir-${group}`);
    await mkdir(below);
    for (let file = 0; file < 100; file += 1) await writeFile(join(below, `${file}`), "content");
  }
}

/** Programs that do their work, say so through a pipe, and never end. */
async function stuckPrograms() {
  const scratch = await temporaryDirectory();
  const pipe = join(scratch.path, "pipe");
  await run(["mkfifo", pipe]);
  const stuck = `"$REAL" "$@"; echo done > ${pipe}; exec sleep 1000`;
  const programs = await fakePrograms({
    cp: stuck,
    btrfs: `if [ "$2" = snapshot ]; then ${stuck}; fi; exec "$REAL" "$@"`,
  });
  return {
    path: programs.path,
    done: () => readFile(pipe),
    async [Symbol.asyncDispose]() {
      await programs[Symbol.asyncDispose]();
      await scratch[Symbol.asyncDispose]();
    },
  };
}

/** Another process that takes a snapshot, says so and stays. */
function taking(tree: Tree, path: string) {
  const script = `
    const { realRunner } = await import(${JSON.stringify(layoutsModule)});
    const { createSnapshots } = await import(${JSON.stringify(adapterModule)});
    const snapshots = createSnapshots({ runner: realRunner(${JSON.stringify(path)}) });
    await snapshots.take(${JSON.stringify(tree)}, "run");
    process.stdout.write("taken");
    setInterval(() => {}, 1000);
  `;
  return spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

describe.skipIf(!canLoop("btrfs", "xfs"))("a snapshot that is interrupted", () => {
  const each = Object.entries(layouts);

  test.each(each)("is gone when its taking is cancelled: %s", async (_, layout) => {
    await using programs = await stuckPrograms();
    await using laid = await layOut(layout, realRunner(programs.path));
    await fill(laid);
    const before = describeTree(laid.around);
    const cancel = new AbortController();
    const outcome = expect(
      laid.snapshots.take(treeOf(laid), "run", { signal: cancel.signal }),
    ).rejects.toMatchObject({ code: "CANCELLED" });
    await programs.done();
    cancel.abort();
    await outcome;
    expect(describeTree(laid.around)).toEqual(before);
  });

  test.each(each)("is swept when its run was killed in the middle: %s", async (_, layout) => {
    await using programs = await stuckPrograms();
    await using laid = await layOut(layout);
    await fill(laid);
    const before = describeTree(laid.around);
    const child = taking(treeOf(laid), programs.path);
    await programs.done();
    expect(await laid.snapshots.sweep([treeOf(laid)])).toEqual([]);
    child.kill("SIGKILL");
    await once(child, "exit");
    await sweptTo(before, laid);
  });

  test.each(each)("is swept when its run was killed later: %s", async (_, layout) => {
    await using laid = await layOut(layout);
    await fill(laid);
    const before = describeTree(laid.around);
    const child = taking(treeOf(laid), searchPath());
    await once(child.stdout, "data");
    const living = await laid.snapshots.take(treeOf(laid), "living");
    child.kill("SIGKILL");
    await once(child, "exit");
    const swept = await laid.snapshots.sweep([treeOf(laid), treeOf(laid)]);
    expect(swept).toEqual([expect.stringContaining(".stackhold-safety/snapshot.")]);
    expect((await readdir(living.tree.path)).length).toBeGreaterThanOrEqual(20);
    await living.drop();
    expect(describeTree(laid.around)).toEqual(before);
  });

  async function sweptTo(before: ReturnType<typeof describeTree>, laid: LaidOut) {
    expect(await laid.snapshots.sweep([treeOf(laid)])).toHaveLength(1);
    expect(await laid.snapshots.sweep([treeOf(laid)])).toEqual([]);
    expect(describeTree(laid.around)).toEqual(before);
  }

  test("leaves nothing on a disk that it filled up", async () => {
    const layout = layouts["a directory of xfs"];
    if (layout === undefined) throw new Error("no such layout");
    await using laid = await layOut(layout);
    await fill(laid);
    await run(["dd", "if=/dev/zero", `of=${join(laid.around, "filler")}`, "bs=64k"], {
      allowFailure: true,
    });
    const before = describeTree(laid.directory);
    const names = await readdir(laid.around);
    const failing = createSnapshots({ runner: realRunner() }).take(treeOf(laid), "run");
    await expect(failing).rejects.toMatchObject({ code: "NO_SPACE", hint: expect.any(String) });
    expect(await readdir(laid.around)).toEqual(names);
    expect(describeTree(laid.directory)).toEqual(before);
  });
});
