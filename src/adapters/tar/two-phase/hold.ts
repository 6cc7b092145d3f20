import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { reasonOf, StackholdError } from "../../../errors.ts";
import type { Tree } from "../../../ports/capture.ts";

/**
 * A tree that stays within reach whatever happens to its path: the engine unmounts a volume with
 * mount options when its last user stops, and the path then shows an empty directory.
 */
export interface Held {
  readonly tree: Tree;
  /** The root, or the directory of a single file, for children of this process. */
  readonly directory: string;
  /** What to list there: `.`, or `./name` of a single file. */
  readonly root: string;
  close(): Promise<void>;
}

export async function hold(tree: Tree): Promise<Held> {
  const isFile = tree.type === "file";
  const handle = await openDirectory(isFile ? dirname(tree.path) : tree.path, tree.path);
  return {
    tree,
    directory: `/proc/${process.pid}/fd/${handle.fd}`,
    root: isFile ? `./${basename(tree.path)}` : ".",
    close: () => handle.close(),
  };
}

async function openDirectory(path: string, tree: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (cause) {
    throw new StackholdError("SOURCE_UNREADABLE", `cannot open ${tree}: ${reasonOf(cause)}`, {
      cause,
    });
  }
}
