import type { Runner } from "../../exec/runner.ts";
import type { Tree } from "../../ports/capture.ts";
import type { SnapshotOffer, Snapshots } from "../../ports/snapshots.ts";
import { systemError } from "../tar/errno.ts";
import { flush } from "../tar/flush.ts";
import { measure, signalOf } from "../tar/measure.ts";
import { createInTurn } from "./in-turn.ts";
import { type Plan, planSnapshot, type Refusal } from "./plan.ts";
import { reflinkOffer } from "./reflink-offer.ts";
import type { SnapshotDeps } from "./snapshot-deps.ts";
import { sweep } from "./sweep.ts";
import { take } from "./take.ts";

/** A snapshot waits for one commit of the file system, see docs/decisions/0008-snapshots.md. */
const subvolumeMs = 50;

/** btrfs and xfs on this host. */
export function createSnapshots({ runner }: { readonly runner: Runner }): Snapshots {
  const deps: SnapshotDeps = { runner, inTurn: createInTurn() };
  return {
    way: (tree, signal) => way(tree, deps, signal),
    prepare: (trees, signal) => prepare(trees, deps, signal),
    take: (tree, id, activity = {}) => take(tree, id, deps, activity),
    sweep: (trees) => sweep(trees, deps),
  };
}

async function way(
  tree: Tree,
  deps: SnapshotDeps,
  signal?: AbortSignal,
): Promise<SnapshotOffer | Refusal> {
  try {
    const plan = await planSnapshot(deps.runner, tree);
    if ("none" in plan) return plan;
    if (plan.subvolume !== undefined) return { way: "subvolume", estimatedMs: subvolumeMs };
    const offer = await reflinkOffer(plan, tree, deps, signal);
    return "none" in offer ? offer : { way: "reflink", ...offer };
  } catch (failure) {
    throw systemError(failure, `cannot tell whether ${tree.path} can be snapshotted`);
  }
}

async function prepare(
  trees: readonly Tree[],
  { runner }: SnapshotDeps,
  signal?: AbortSignal,
): Promise<void> {
  const flushed = new Map<string, Promise<void>>();
  const ready = trees.map(async (tree) => {
    const plan = await planSnapshot(runner, tree);
    if ("none" in plan) return;
    const writingBack = flushed.get(plan.mountPoint) ?? flush(runner, plan.path);
    flushed.set(plan.mountPoint, writingBack);
    await Promise.all([writingBack, readMetadata(runner, plan, tree, signal)]);
  });
  await Promise.all(ready);
}

/** cp would wait for a disk where the caches do not know a file. */
async function readMetadata(
  runner: Runner,
  { path, subvolume }: Plan,
  { type }: Tree,
  signal?: AbortSignal,
): Promise<void> {
  if (subvolume !== undefined) return;
  const whole: Tree = { path, type, exclude: [] };
  await measure(runner, whole, signalOf(signal === undefined ? {} : { signal }));
}
