import { access, constants, realpath, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Probe, Space } from "../../ports/capture.ts";
import { errnoOf, isAbsent } from "./errno.ts";
import { mountAt, mountPointOf, readMounts } from "./mounts.ts";

export async function probe(path: string): Promise<Probe> {
  try {
    const realPath = await realpath(path);
    const stats = await stat(realPath);
    const type = stats.isDirectory()
      ? "directory"
      : stats.isFile()
        ? "file"
        : stats.isSocket()
          ? "socket"
          : stats.isFIFO()
            ? "fifo"
            : "device";
    if (type === "directory") await access(realPath, constants.R_OK | constants.X_OK);
    if (type === "file") await access(realPath, constants.R_OK);
    const isMountPoint = type === "directory" && (await isMounted(realPath, stats.dev));
    return { type, realPath, ...(isMountPoint ? { isMountPoint } : {}) };
  } catch (failure) {
    if (isAbsent(failure)) return { type: "missing", realPath: path };
    return { type: "unreadable", realPath: path, detail: errnoOf(failure) ?? String(failure) };
  }
}

/** A device of its own costs no look at all mounts; a bind of the same one is told by them. */
async function isMounted(path: string, dev: number): Promise<boolean> {
  if (path === "/") return true;
  const above = await stat(dirname(path));
  return above.dev !== dev && (await readMounts()).some(({ point }) => point === path);
}

export async function space(path: string): Promise<Space> {
  const existing = await nearestExisting(path);
  const [fs, { dev }, isReadOnly] = await Promise.all([
    statfs(existing, { bigint: true }),
    stat(existing, { bigint: true }),
    isOnReadOnly(existing),
  ]);
  return {
    totalBytes: Number(fs.blocks * fs.bsize),
    usedBytes: Number((fs.blocks - fs.bfree) * fs.bsize),
    freeBytes: Number(fs.bavail * fs.bsize),
    fileSystem: (fs.type === btrfs ? await sourceOf(existing) : undefined) ?? dev.toString(),
    ...(isReadOnly ? { isReadOnly } : {}),
  };
}

/** access(2) tells it of a mount and of a file system alike, and privileges do not hide it. */
async function isOnReadOnly(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK);
    return false;
  } catch (failure) {
    return errnoOf(failure) === "EROFS";
  }
}

/** statfs(2), linux/magic.h. Each of its subvolumes has a device number of its own. */
const btrfs = 0x9123683en;

/** What subvolumes that share their room have in common. */
async function sourceOf(path: string): Promise<string | undefined> {
  const [real, mounts] = await Promise.all([realpath(path), readMounts()]);
  const point = mountPointOf(
    real,
    mounts.map((mount) => mount.point),
  );
  return mountAt(point, mounts)?.source;
}

/** The path itself or its first ancestor that is there. */
export async function nearestExisting(path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch (failure) {
    if (!isAbsent(failure) || dirname(path) === path) throw failure;
    return nearestExisting(dirname(path));
  }
}
