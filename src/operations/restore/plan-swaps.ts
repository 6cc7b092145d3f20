import type { InnerPart } from "../../domain/choose-parts.ts";
import type { Manifest } from "../../domain/manifest.ts";
import { outermost } from "../../domain/outermost.ts";
import { formatPart, type PartId } from "../../domain/part.ts";
import { isInside } from "../../domain/refused-paths.ts";
import { StackholdError } from "../../errors.ts";
import type { Swap } from "../../ports/capture.ts";
import type { Context, Deps } from "../context.ts";
import { findInside, type Inside, typeInside } from "./inside-staged.ts";
import { dataInside } from "./replaced-paths.ts";
import type { StagedPart } from "./stage-parts.ts";

/** A swap of one entry within a part that is staged whole. */
export interface InnerSwap {
  readonly swap: Swap;
  /** Where the entry is staged with its part. */
  readonly from: string;
}

export interface PlannedSwaps {
  readonly swaps: readonly Swap[];
  /** Those of `swaps` whose content has to be staged anew. */
  readonly inner: readonly InnerSwap[];
  /** Project files that differ from the point and stay as they are. */
  readonly kept: readonly string[];
  /** Missing project files that cannot be put back by themselves: their names are not UTF-8. */
  readonly notPutBack: readonly string[];
}

async function innerSwap(
  { path, type }: Inside,
  whole: Swap,
  deps: Deps,
  context: Context,
): Promise<InnerSwap> {
  const target = `${whole.target}/${path}`;
  const swap = await deps.capture.planSwap(target, context.runId, type);
  return { from: `${whole.staged}/${path}`, swap };
}

/**
 * An existing project directory keeps its files: only the data that members mount from it is
 * replaced, and what is missing comes back. The rest that differs is named, or replaced file by
 * file with `withProject`. `others` are the targets of other parts.
 */
async function projectSwaps(
  whole: Swap,
  others: readonly string[],
  manifest: Manifest,
  withProject: boolean,
  deps: Deps,
  context: Context,
): Promise<Omit<PlannedSwaps, "swaps">> {
  const found = new Map<string, Inside>();
  for (const source of dataInside(manifest, whole.target)) {
    const inside = await findInside(source.slice(whole.target.length + 1), whole, deps);
    if (inside !== undefined) found.set(inside.path, inside);
  }
  const data = outermost([...found.keys()]);
  const compared = await deps.capture.compare(whole.staged, whole.target, data);
  const { missing, unnameable, differing } = compared;
  const inner: InnerSwap[] = [];
  for (const path of data) {
    const inside = found.get(path);
    if (inside === undefined || missing.some((name) => isInside(path, name))) continue;
    inner.push(await innerSwap(inside, whole, deps, context));
  }
  const apart = new Set(others);
  for (const path of missing) {
    const isApart = apart.has(`${whole.target}/${path}`);
    if (isApart || data.some((name) => isInside(path, name))) continue;
    const type = await typeInside(path, whole, deps);
    inner.push(await innerSwap({ path, type }, whole, deps, context));
  }
  const isOfProject = (name: string) => !data.some((path) => isInside(name, path));
  const kept = differing.filter(isOfProject);
  for (const path of withProject ? kept.splice(0) : []) {
    const type = await typeInside(path, whole, deps);
    inner.push(await innerSwap({ path, type }, whole, deps, context));
  }
  return { inner, kept, notPutBack: unnameable.filter(isOfProject) };
}

/** A mount inside a part changes places alone. UNKNOWN_PART where the part was stored without it. */
async function onlySwaps(
  { part, swap }: StagedPart,
  only: readonly InnerPart[],
  deps: Deps,
  context: Context,
): Promise<InnerSwap[]> {
  const inner: InnerSwap[] = [];
  for (const { path: relative, within } of only) {
    const inside =
      within === undefined
        ? await findInside(relative, swap, deps)
        : { path: relative, type: await typeInside(relative, swap, deps) };
    if (inside === undefined) throw notInside(relative, part);
    inner.push(await innerSwap(inside, swap, deps, context));
  }
  return inner;
}

export function notInside(relative: string, part: PartId): StackholdError {
  return new StackholdError("UNKNOWN_PART", `${formatPart(part)} was stored without ${relative}`, {
    hint: "it was left out, or was not there, when the point was made; nothing was touched",
  });
}

/** What changes places once everything is staged and the unit is down, in order. */
export async function planSwaps(
  staged: readonly StagedPart[],
  manifest: Manifest,
  withProject: boolean,
  deps: Deps,
  context: Context,
): Promise<PlannedSwaps> {
  const swaps: Swap[] = [];
  const inner: InnerSwap[] = [];
  const kept: string[] = [];
  const notPutBack: string[] = [];
  for (const stage of staged) {
    const { part, swap, only } = stage;
    if (stage.isNested === true) continue;
    if (only !== undefined) {
      const alone = await onlySwaps(stage, only, deps, context);
      swaps.push(...alone.map((one) => one.swap));
      inner.push(...alone);
      continue;
    }
    if (part.kind !== "project" || swap.fresh || (withProject && part.partial !== true)) {
      swaps.push(swap);
      continue;
    }
    const others = staged.filter((other) => other !== stage).map((other) => other.swap.target);
    const project = await projectSwaps(swap, others, manifest, withProject, deps, context);
    swaps.push(...project.inner.map((one) => one.swap));
    inner.push(...project.inner);
    kept.push(...project.kept);
    notPutBack.push(...project.notPutBack);
  }
  return { swaps, inner, kept, notPutBack };
}
