import type { Swap } from "../../../ports/capture.ts";
import type { Context, Deps } from "../../context.ts";
import type { LocatedPoint } from "../locate-point.ts";
import { planStages, type StagedPart, stageParts } from "../stage-parts.ts";
import type { CopyPlan } from "./plan-copy.ts";

/** Where the trees of a copy are unpacked, beside their places. */
export function planTrees(plan: CopyPlan, deps: Deps, context: Context): Promise<StagedPart[]> {
  const trees = plan.placed.flatMap(({ part, target }) =>
    target === undefined ? [] : [{ part, target }],
  );
  return planStages(trees, deps, context);
}

/** Returns the swaps that put the trees where nothing is yet. */
export async function unpackTrees(
  stages: readonly StagedPart[],
  point: LocatedPoint,
  onBytes: () => void,
  deps: Deps,
  context: Context,
): Promise<Swap[]> {
  const staged = await stageParts(stages, point, deps, context, onBytes);
  return staged.map(({ swap }) => swap);
}
