import { StackholdError } from "../../../errors.ts";
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

/** A single file is unpacked under its own name, which is not the one that it gets. */
async function underItsName({ part, swap }: StagedPart, deps: Deps): Promise<Swap> {
  if (part.type === "directory") return swap;
  const directory = swap.staged.slice(0, swap.staged.lastIndexOf("/"));
  const [file, ...others] = (await deps.stackFiles.list(directory))?.files ?? [];
  if (file === undefined || others.length > 0) {
    throw new StackholdError("RESTORE_FAILED", `the part of ${part.name} holds no single file`);
  }
  return { ...swap, staged: `${directory}/${file}` };
}

/** Returns the swaps that put the trees where nothing is yet. */
export async function unpackTrees(
  stages: readonly StagedPart[],
  point: LocatedPoint,
  onBytes: () => void,
  deps: Deps,
  context: Context,
): Promise<Swap[]> {
  await stageParts(stages, point, deps, context, onBytes);
  const swaps: Swap[] = [];
  for (const stage of stages) swaps.push(await underItsName(stage, deps));
  return swaps;
}
