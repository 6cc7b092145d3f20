import { lstat, stat, statfs } from "node:fs/promises";
import { dirname, relative } from "node:path";
import type { Runner } from "../../exec/runner.ts";
import { safetyName } from "../tar/flags.ts";
import { exists } from "../tar/place.ts";
import { magic } from "./file-systems.ts";
import { work } from "./work.ts";

/** BTRFS_FIRST_FREE_OBJECTID: the root of every subvolume, and nothing else, has this inode. */
const rootInode = 256n;

/**
 * The root of the subvolume that holds a path. Undefined where it cannot be seen, since only a
 * directory of it is mounted.
 */
export async function subvolumeOf(path: string, mountPoint: string): Promise<string | undefined> {
  for (let at = path; ; at = dirname(at)) {
    if ((await stat(at, { bigint: true })).ino === rootInode) return at;
    if (at === mountPoint) return undefined;
  }
}

/** A snapshot shows subvolumes inside as empty directories. Snapshots of ours do not count. */
export async function hasSubvolumesBelow(
  runner: Runner,
  subvolume: string,
  path: string,
): Promise<boolean> {
  const within = relative(subvolume, path);
  const children = await childSubvolumes(runner, subvolume);
  if (children.length === 0) return false;
  const own = await nameOf(runner, subvolume);
  const roots = [[own, within], [within]].map((parts) =>
    parts.filter((part) => part !== "").map((part) => `${part}/`),
  );
  return children.some((child) => roots.some((root) => child.startsWith(root.join(""))));
}

/** Paths from the top of the file system, see btrfs-subvolume(8); names may hold newlines. */
async function childSubvolumes(runner: Runner, subvolume: string): Promise<string[]> {
  const listed = await btrfs(runner, ["list", "-o", subvolume]);
  return listed
    .split(/^ID \d+ gen \d+ top level \d+ path /m)
    .slice(1)
    .filter((path) => !path.trimEnd().split("/").includes(safetyName));
}

/** The same kind of path; empty for the top itself. */
async function nameOf(runner: Runner, subvolume: string): Promise<string> {
  const shown = await btrfs(runner, ["show", subvolume]);
  const path = shown.slice(0, shown.indexOf("\n\tName:"));
  return path === "/" ? "" : path;
}

export async function snapshotSubvolume(
  runner: Runner,
  subvolume: string,
  to: string,
  signal?: AbortSignal,
): Promise<void> {
  await btrfs(runner, ["snapshot", "-r", "--", subvolume, to], signal);
}

export async function isSubvolume(path: string): Promise<boolean> {
  if (!(await exists(path))) return false;
  if ((await lstat(path, { bigint: true })).ino !== rootInode) return false;
  return (await statfs(path)).type === magic.btrfs;
}

/** The kernel frees its blocks in the background. */
export async function deleteSubvolume(runner: Runner, path: string): Promise<void> {
  await btrfs(runner, ["delete", "--", path]);
}

async function btrfs(
  runner: Runner,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  const command = { program: "btrfs", args: ["subvolume", ...args] };
  return (await work(runner, command, signal)).stdout.toString("utf8");
}
