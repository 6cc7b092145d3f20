import { join, relative } from "node:path";
import { StackholdError } from "../../errors.ts";
import type { Activity, Tree } from "../../ports/capture.ts";
import type { Snapshot } from "../../ports/snapshots.ts";
import { systemError } from "../tar/errno.ts";
import { replaced } from "../tar/hold.ts";
import { clone } from "./clone.ts";
import { contentOf, makePlace, removePlace } from "./place.ts";
import { type Plan, planSnapshot } from "./plan.ts";
import type { SnapshotDeps } from "./snapshot-deps.ts";
import { snapshotSubvolume } from "./subvolume.ts";

export async function take(
  tree: Tree,
  id: string,
  deps: SnapshotDeps,
  activity: Activity,
): Promise<Snapshot> {
  const what = `cannot take a snapshot of ${tree.path}`;
  try {
    const plan = await planSnapshot(deps.runner, tree);
    if (!("none" in plan) && plan.path !== tree.path) {
      throw replaced(tree, `leads to ${plan.path} now`);
    }
    if ("none" in plan) throw new StackholdError("TOOL_FAILED", `${what}: ${plan.none}`);
    const place = await makePlace(plan.safety, id, deps);
    const drop = () =>
      removePlace(place, deps).catch((failure: unknown) => {
        throw systemError(failure, `cannot remove the snapshot ${place}`);
      });
    try {
      const path = await fill(plan, tree, place, deps, activity);
      const way = plan.subvolume === undefined ? "reflink" : "subvolume";
      return { tree: { ...tree, path }, way, drop };
    } catch (failure) {
      await drop().catch(() => undefined); // the next run's sweep tries again
      throw failure;
    }
  } catch (failure) {
    throw systemError(failure, what);
  }
}

/** Returns where the tree is now. */
async function fill(
  { path, subvolume }: Plan,
  { type }: Tree,
  place: string,
  { runner }: SnapshotDeps,
  activity: Activity,
): Promise<string> {
  if (subvolume === undefined) return clone(runner, path, type, place, activity);
  const content = contentOf(place);
  await snapshotSubvolume(runner, subvolume, content, activity.signal);
  activity.onProgress?.({ bytes: 0 });
  return join(content, relative(subvolume, path));
}
