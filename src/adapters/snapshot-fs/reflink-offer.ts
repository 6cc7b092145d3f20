import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isErrorCode } from "../../errors.ts";
import type { Tree } from "../../ports/capture.ts";
import { errnoOf } from "../tar/errno.ts";
import { measure, signalOf } from "../tar/measure.ts";
import { cloneFlags, fitsAround } from "./clone.ts";
import { makePlace, removePlace } from "./place.ts";
import { isInside, type Plan, type Refusal } from "./plan.ts";
import type { SnapshotDeps } from "./snapshot-deps.ts";

/** Measured, see docs/decisions/0008-snapshots.md. */
const cloneMs = { start: 10, perFile: 0.05 };

/** What a clone costs, or why it would fail: tried out, with as little as possible. */
export async function reflinkOffer(
  plan: Plan,
  tree: Tree,
  deps: SnapshotDeps,
  signal?: AbortSignal,
): Promise<{ readonly estimatedMs: number } | Refusal> {
  const { runner } = deps;
  const tried = await tryClone(plan, deps);
  if (tried !== undefined) return { none: tried };
  if (isInside(plan) && !(await fitsAround(runner, plan.path))) {
    return { none: "it is a mount point with too many names at its top" };
  }
  if (plan.fileSystem === "btrfs") {
    const refusal = await nocowRefusal(plan.path, deps, signal);
    if (refusal !== undefined) return { none: refusal };
  }
  const whole: Tree = { path: plan.path, type: tree.type, exclude: [] };
  const { files } = await measure(runner, whole, signalOf(signal === undefined ? {} : { signal }));
  return { estimatedMs: Math.ceil(cloneMs.start + files * cloneMs.perFile) };
}

async function tryClone(plan: Plan, deps: SnapshotDeps): Promise<string | undefined> {
  try {
    const place = await makePlace(plan.safety, "probe", deps);
    try {
      await writeFile(join(place, "one"), "probe");
      const cp = { program: "cp", args: [...cloneFlags, join(place, "one"), join(place, "two")] };
      const { verdict } = await deps.runner.run(cp);
      return verdict === "success" ? undefined : `${plan.fileSystem} without reflinks`;
    } finally {
      await removePlace(place, deps);
    }
  } catch (failure) {
    const errno = errnoOf(failure);
    if (errno === undefined) throw failure;
    return `nothing can be written beside it: ${errno}`;
  }
}

/** btrfs does not clone a file without checksums (chattr +C) into one that has them. */
async function nocowRefusal(
  path: string,
  { runner }: SnapshotDeps,
  signal?: AbortSignal,
): Promise<string | undefined> {
  let isNocow = false;
  const onRecords = (lines: readonly string[]) => {
    isNocow ||= lines.some((line) => /^[-A-Za-z]*C[-A-Za-z]* /.test(line));
  };
  try {
    const lsattr = { program: "lsattr", args: ["-R", "-a", path] };
    await runner.run(lsattr, {
      stdout: { separator: "\n", onRecords },
      diesWithParent: true,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (failure) {
    if (!isErrorCode(failure, "TOOL_MISSING")) throw failure;
    return "lsattr is needed to tell whether btrfs can clone it: apt-get install e2fsprogs";
  }
  return isNocow ? "btrfs cannot clone files with the attribute C (no copy on write)" : undefined;
}
