import { constants } from "node:fs";
import { type FileHandle, lstat, open, readlink, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { reasonOf, StackholdError } from "../../errors.ts";
import type { Tree } from "../../ports/capture.ts";
import type { ReachableTree } from "./held-mounts.ts";
import { readMountPoints } from "./mounts.ts";

/**
 * A tree that stays within reach whatever happens to its path: the engine unmounts a volume with
 * mount options when its last user stops, and the path then shows an empty directory.
 */
export interface Held extends AsyncDisposable {
  readonly tree: ReachableTree;
  /** The root, or the directory of a single file, for children of this process. */
  readonly directory: string;
  /** What to list there: `.`, or `./name` of a single file. */
  readonly root: string;
  /** The directory is one. */
  readonly isMountPoint: boolean;
}

export async function hold(tree: ReachableTree): Promise<Held> {
  const isFile = tree.type === "file";
  const path = isFile ? dirname(tree.path) : tree.path;
  const handle = await openDirectory(tree.through ?? path, tree.path);
  return {
    tree,
    directory: `/proc/${process.pid}/fd/${handle.fd}`,
    root: isFile ? `./${basename(tree.path)}` : ".",
    isMountPoint: tree.through !== undefined || (await readMountPoints()).includes(path),
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

/**
 * The same of a tree whose path was resolved when it was planned. SOURCE_UNREADABLE where a
 * symbolic link is on the way by now: it may lead to anything.
 */
export async function holdPlanned(tree: ReachableTree): Promise<Held> {
  const held = await hold(tree);
  if (tree.through !== undefined) return held;
  try {
    const planned = tree.type === "file" ? dirname(tree.path) : tree.path;
    const found = await readlink(held.directory);
    if (found !== planned) throw replaced(tree, `leads to ${found} now`);
    if (tree.type === "file" && (await isLink(`${held.directory}/${held.root}`))) {
      throw replaced(tree, "is a symbolic link now");
    }
    return held;
  } catch (failure) {
    await held[Symbol.asyncDispose]();
    throw failure;
  }
}

/**
 * That the path still leads to what is held, so that this is what the unit finds when it starts
 * again. A mount point may be unmounted meanwhile.
 */
export async function requireInPlace(held: Held): Promise<void> {
  await using found = await holdPlanned(held.tree);
  if (held.isMountPoint) return;
  const [now, then] = await Promise.all([stat(found.directory), stat(held.directory)]);
  if (now.dev === then.dev && now.ino === then.ino) return;
  throw replaced(held.tree, "leads to another directory now");
}

export function replaced({ path }: Tree, how: string): StackholdError {
  return new StackholdError("SOURCE_UNREADABLE", `${path} was replaced meanwhile: it ${how}`, {
    hint: "run again when nothing moves the directory itself",
  });
}

/** What is not there is told by whoever reads it. */
async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink();
  } catch {
    return false;
  }
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
