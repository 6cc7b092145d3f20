import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Tree } from "../../../src/ports/capture.ts";
import { temporaryDirectory } from "../../../src/testing/points.ts";
import { realCapture } from "../../../src/testing/real-archive-repository.ts";
import { canLoop } from "../../bed/loop-file-system.ts";
import { run } from "../../bed/run.ts";
import { makeOddTree } from "../../fixtures/odd-tree/make-odd-tree.ts";
import { layOut, layouts } from "./layouts.ts";

const exclude = ["names/", "*.part"];

async function archived(tree: Tree): Promise<Buffer> {
  await using scratch = await temporaryDirectory();
  const file = join(scratch.path, "tree.tar");
  await realCapture().archive(tree, { file, compression: "none", level: 1 });
  return await readFile(file);
}

describe.skipIf(!canLoop("btrfs", "xfs"))("an archive of a snapshot", () => {
  test.each(Object.entries(layouts))(
    "has the very bytes of an archive of the source, from %s",
    async (_, layout) => {
      await using laid = await layOut(layout);
      await makeOddTree(laid.directory);
      await run(["sync", "--file-system", laid.directory]);
      const trees: readonly Tree[] = [
        { path: laid.directory, type: "directory", exclude: [] },
        { path: laid.directory, type: "directory", exclude },
        { path: join(laid.directory, "many holes"), type: "file", exclude: [] },
        { path: join(laid.directory, "attributed"), type: "file", exclude: [] },
      ];
      for (const tree of trees) {
        const before = await archived(tree);
        const snapshot = await laid.snapshots.take(tree, "run");
        expect((await archived(snapshot.tree)).equals(before)).toBe(true);
        await snapshot.drop();
        expect((await archived(tree)).equals(before)).toBe(true);
      }
    },
  );
});
