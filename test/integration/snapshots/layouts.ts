import { mkdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { createSnapshots } from "../../../src/adapters/snapshot-fs/snapshot-fs.ts";
import { createRunner, type Runner } from "../../../src/exec/runner.ts";
import type { SnapshotsUnderTest } from "../../../src/ports/snapshots.contract.ts";
import type { SnapshotWay } from "../../../src/ports/snapshots.ts";
import {
  type LoopFileSystem,
  type LoopOptions,
  loopFileSystem,
} from "../../bed/loop-file-system.ts";
import { searchPath } from "../../bed/paths.ts";
import { run } from "../../bed/run.ts";

export const realRunner = (path = searchPath()): Runner =>
  createRunner({ environment: { PATH: path }, monotonic: () => performance.now() });

interface Layout {
  readonly type: "btrfs" | "xfs";
  readonly way: SnapshotWay;
  /** Makes what lies on the file system; returns the tree's path and, by default, its parent. */
  readonly lay: (root: string) => Promise<{ directory: string; around: string; undo?: Undo }>;
}

type Undo = () => Promise<unknown>;

/** xfs would keep blocks beyond the end of files that are written often, which no copy has. */
const options: Record<Layout["type"], LoopOptions> = { btrfs: {}, xfs: { mount: "allocsize=4k" } };

async function directoryIn(root: string) {
  await mkdir(join(root, "data"));
  return { directory: join(root, "data"), around: root };
}

async function mountPoint(root: string) {
  return { directory: root, around: root };
}

/** Where trees lie on the file systems that can, and the way that each allows. */
export const layouts: Readonly<Record<string, Layout>> = {
  "a directory of a btrfs subvolume": { type: "btrfs", way: "subvolume", lay: directoryIn },
  "a volume of an engine on btrfs": {
    type: "btrfs",
    way: "subvolume",
    lay: async (root) => {
      const directory = join(root, "volumes", "data", "_data");
      await mkdir(directory, { recursive: true });
      return { directory, around: root };
    },
  },
  "a btrfs subvolume": {
    type: "btrfs",
    way: "subvolume",
    lay: async (root) => {
      const directory = join(root, "data");
      await run(["btrfs", "subvolume", "create", directory]);
      return { directory, around: root };
    },
  },
  "a mounted btrfs": { type: "btrfs", way: "subvolume", lay: mountPoint },
  "a mounted directory of btrfs": {
    type: "btrfs",
    way: "reflink",
    lay: async (root) => {
      const [source, directory] = [join(root, "source"), join(root, "mounted")];
      await mkdir(source);
      await mkdir(directory);
      await run(["mount", "--bind", source, directory]);
      const undo = async () => {
        await run(["umount", directory]);
        await rmdir(directory);
      };
      return { directory, around: directory, undo };
    },
  },
  "a directory of xfs": { type: "xfs", way: "reflink", lay: directoryIn },
  "a mounted xfs": { type: "xfs", way: "reflink", lay: mountPoint },
};

export interface LaidOut extends SnapshotsUnderTest {
  readonly fileSystem: LoopFileSystem;
}

export async function layOut(
  { type, way, lay }: Layout,
  runner: Runner = realRunner(),
): Promise<LaidOut> {
  const fileSystem = await loopFileSystem(type, options[type]);
  const { directory, around, undo } = await lay(fileSystem.path);
  return {
    fileSystem,
    snapshots: createSnapshots({ runner }),
    directory,
    around,
    way,
    async [Symbol.asyncDispose]() {
      await undo?.();
      await fileSystem[Symbol.asyncDispose]();
    },
  };
}
