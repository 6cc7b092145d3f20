import { createHash } from "node:crypto";
import { lstat, realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { StackholdError } from "../../errors.ts";
import type { Swap, Tree } from "../../ports/capture.ts";
import { isAbsent } from "./errno.ts";
import { safetyName } from "./flags.ts";
import { mountPointOf, mountsBelow, readMountPoints } from "./mounts.ts";
import { names } from "./place.ts";
import { nearestExisting } from "./probe.ts";

/** In characters of up to 4 bytes, so that `<id>-<name>` stays a valid file name. */
const longestName = 40;

export async function planSwap(
  path: string,
  id: string,
  wanted?: Tree["type"],
  { stagesOnly = false }: { readonly stagesOnly?: boolean } = {},
): Promise<Swap> {
  const target = await resolve(path);
  const points = await readMountPoints();
  if (!stagesOnly) refuseMountsBelow(target, points);
  const there = await typeAt(target);
  const type = wanted ?? (there === "other" ? "file" : "directory");
  const place = safetyPlace(target, id);
  if (there === undefined) {
    const near = join(dirname(target), safetyName, placeName(id, basename(target)));
    const reachable = await isReachableByRename(dirname(target), place, points);
    return asSwap(target, reachable ? place : near, type, { fresh: true, children: false });
  }
  const isMoveable =
    !points.includes(target) &&
    (await sameDevice(target, dirname(target))) &&
    (await isReachableByRename(dirname(target), place, points));
  if (isMoveable) return asSwap(target, place, type, { fresh: false, children: false });
  if (type === "file" || there !== "directory") throw unswappable(target);
  const inside = join(target, safetyName, id);
  return asSwap(target, inside, type, { fresh: false, children: true });
}

function asSwap(
  target: string,
  place: string,
  type: Tree["type"],
  how: { readonly fresh: boolean; readonly children: boolean },
): Swap {
  const content = join(place, names.staged);
  const staged = type === "file" ? join(content, basename(target)) : content;
  return { target, staged, aside: join(place, names.aside), ...how };
}

function safetyPlace(target: string, id: string): string {
  const { directory, name } = safetyBeside(target);
  return join(directory, placeName(id, name));
}

/**
 * Beside the target. For a volume of the engine that is the data root: `docker volume rm` deletes
 * what lies beside `_data`, and whatever lies in `volumes/` is taken for a volume.
 */
export function safetyBeside(target: string): {
  readonly directory: string;
  readonly name: string;
} {
  const volume = /^(.*)\/volumes\/([^/]+)\/_data$/.exec(target);
  const [, root = "", name = ""] = volume ?? [];
  return volume === null
    ? { directory: join(dirname(target), safetyName), name: basename(target) }
    : { directory: join(root || "/", safetyName), name };
}

/** Every directory in which a swap of the target may have its place. */
export function safetyDirectories(target: string): string[] {
  const beside = join(dirname(target), safetyName);
  return [safetyBeside(target).directory, beside, join(target, safetyName)];
}

/** A long name is cut and marked, since many names may begin alike. */
function placeName(id: string, name: string): string {
  const characters = Array.from(name);
  if (characters.length <= longestName) return `${id}-${name}`;
  const mark = createHash("sha256").update(name).digest("hex").slice(0, 8);
  const kept = characters.slice(0, longestName - mark.length - 1).join("");
  return `${id}-${kept}~${mark}`;
}

/** Symbolic links resolved, also where the end of the path is not there yet. */
export async function resolve(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (failure) {
    if (!isAbsent(failure) || dirname(path) === path) throw failure;
    return join(await resolve(dirname(path)), basename(path));
  }
}

async function typeAt(path: string): Promise<"directory" | "other" | undefined> {
  try {
    return (await lstat(path)).isDirectory() ? "directory" : "other";
  } catch (failure) {
    if (isAbsent(failure)) return undefined;
    throw failure;
  }
}

async function sameDevice(one: string, other: string): Promise<boolean> {
  return (await stat(one)).dev === (await stat(other)).dev;
}

/** rename(2) needs the same mount, not only the same file system. */
async function isReachableByRename(
  directory: string,
  place: string,
  points: readonly string[],
): Promise<boolean> {
  const [from, to] = [await nearestExisting(directory), await nearestExisting(place)];
  return mountPointOf(from, points) === mountPointOf(to, points) && (await sameDevice(from, to));
}

function refuseMountsBelow(target: string, points: readonly string[]): void {
  const [inner] = mountsBelow(target, points);
  if (inner === undefined) return;
  throw new StackholdError(
    "RESTORE_FAILED",
    `${target} cannot be replaced: something is mounted inside it, at ${inner}`,
    { hint: "nothing was touched: restore into another directory, or only the parts wanted" },
  );
}

function unswappable(target: string): StackholdError {
  return new StackholdError(
    "RESTORE_FAILED",
    `${target} cannot be replaced: it is a mount point, and one of them is a file`,
    { hint: "nothing was touched: restore into another directory, or only the parts wanted" },
  );
}
