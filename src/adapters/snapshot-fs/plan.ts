import { realpath, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import { isErrorCode } from "../../errors.ts";
import type { Runner } from "../../exec/runner.ts";
import type { Tree } from "../../ports/capture.ts";
import { errnoOf } from "../tar/errno.ts";
import { safetyName } from "../tar/flags.ts";
import { mountPointOf, mountsBelow, readMountPoints } from "../tar/mounts.ts";
import { safetyBeside } from "../tar/plan-swap.ts";
import { nearestExisting } from "../tar/probe.ts";
import { magic, refusalOf } from "./file-systems.ts";
import { hasSubvolumesBelow, subvolumeOf } from "./subvolume.ts";

export interface Plan {
  /** Symbolic links resolved. */
  readonly path: string;
  readonly mountPoint: string;
  readonly fileSystem: "btrfs" | "xfs";
  /** The `.stackhold-safety` to use. */
  readonly safety: string;
  /** To take a snapshot of; a clone where absent. */
  readonly subvolume?: string;
}

export interface Refusal {
  readonly none: string;
}

export async function planSnapshot(runner: Runner, tree: Tree): Promise<Plan | Refusal> {
  if (process.geteuid?.() !== 0) return { none: "only root can take exact snapshots" };
  try {
    const path = await realpath(tree.path);
    const points = await readMountPoints();
    const [inner] = mountsBelow(path, points);
    if (inner !== undefined) return { none: `${inner} is mounted inside it` };
    const { type } = await statfs(path);
    const refusal = refusalOf(type);
    if (refusal !== undefined) return { none: refusal };
    const mountPoint = mountPointOf(path, points);
    const safety = await safetyOf(path, tree.type, points);
    if (safety === undefined) return { none: "it is a file that is a mount point" };
    const plan = { path, mountPoint, safety };
    if (type === magic.xfs) return { ...plan, fileSystem: "xfs" };
    const subvolume = await usableSubvolume(runner, path, mountPoint);
    return { ...plan, fileSystem: "btrfs", ...(subvolume === undefined ? {} : { subvolume }) };
  } catch (failure) {
    const errno = errnoOf(failure);
    if (errno === undefined || isErrorCode(failure, "TOOL_FAILED")) throw failure;
    return { none: `it cannot be looked at: ${errno}` };
  }
}

/** Beside the tree where that is the same mount, else inside it. */
async function safetyOf(
  path: string,
  type: Tree["type"],
  points: readonly string[],
): Promise<string | undefined> {
  const beside = safetyBeside(path).directory;
  const there = mountPointOf(await nearestExisting(beside), points);
  if (there === mountPointOf(path, points)) return beside;
  return type === "directory" ? join(path, safetyName) : undefined;
}

/** Every safety directory that a tree may ever have had a snapshot in. */
export function safetiesOf(path: string): string[] {
  return [safetyBeside(path).directory, join(path, safetyName)];
}

async function usableSubvolume(
  runner: Runner,
  path: string,
  mountPoint: string,
): Promise<string | undefined> {
  const subvolume = await subvolumeOf(path, mountPoint);
  if (subvolume === undefined) return undefined;
  try {
    return (await hasSubvolumesBelow(runner, subvolume, path)) ? undefined : subvolume;
  } catch (failure) {
    // A clone needs no more than cp.
    if (isErrorCode(failure, "TOOL_MISSING")) return undefined;
    throw failure;
  }
}

export function isInside({ path, safety }: Plan): boolean {
  return dirname(safety) === path;
}
