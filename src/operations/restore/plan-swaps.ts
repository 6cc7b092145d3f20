import type { InnerPart } from "../../domain/choose-parts.ts";
import type { Manifest } from "../../domain/manifest.ts";
import { formatPart, type PartId } from "../../domain/part.ts";
import { isInside } from "../../domain/refused-paths.ts";
import { StackholdError } from "../../errors.ts";
import type { Swap } from "../../ports/capture.ts";
import type { Context, Deps } from "../context.ts";
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
}

async function innerSwap(
  relative: string,
  whole: Swap,
  deps: Deps,
  context: Context,
): Promise<InnerSwap> {
  const from = `${whole.staged}/${relative}`;
  const type = (await deps.capture.probe(from)).type === "directory" ? "directory" : "file";
  const target = `${whole.target}/${relative}`;
  return { from, swap: await deps.capture.planSwap(target, context.runId, type) };
}

/**
 * An existing project directory keeps its files: only the data that members mount from it is
 * replaced, and what is missing comes back. The rest that differs is named.
 */
async function projectSwaps(
  whole: Swap,
  manifest: Manifest,
  deps: Deps,
  context: Context,
): Promise<Pick<PlannedSwaps, "inner" | "kept">> {
  const { missing, differing } = await deps.capture.compare(whole.staged, whole.target);
  const data = dataInside(manifest, whole.target).map((path) =>
    path.slice(whole.target.length + 1),
  );
  const inner: InnerSwap[] = [];
  for (const relative of data) {
    if (missing.some((name) => isInside(relative, name))) continue;
    const probe = await deps.capture.probe(`${whole.staged}/${relative}`);
    if (probe.type === "directory" || probe.type === "file") {
      inner.push(await innerSwap(relative, whole, deps, context));
    }
  }
  for (const relative of missing) {
    if (data.some((name) => isInside(relative, name))) continue;
    inner.push(await innerSwap(relative, whole, deps, context));
  }
  const kept = differing.filter((name) => !data.some((path) => isInside(name, path)));
  return { inner, kept };
}

/** A mount inside a part changes places alone. UNKNOWN_PART where the part was stored without it. */
async function onlySwaps(
  { part, swap }: StagedPart,
  only: readonly InnerPart[],
  deps: Deps,
  context: Context,
): Promise<InnerSwap[]> {
  const inner: InnerSwap[] = [];
  for (const { path: relative } of only) {
    const { type } = await deps.capture.probe(`${swap.staged}/${relative}`);
    if (type !== "directory" && type !== "file") throw notInside(relative, part);
    inner.push(await innerSwap(relative, swap, deps, context));
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
  for (const stage of staged) {
    const { part, swap, only } = stage;
    if (only !== undefined) {
      const alone = await onlySwaps(stage, only, deps, context);
      swaps.push(...alone.map((one) => one.swap));
      inner.push(...alone);
      continue;
    }
    if (part.kind !== "project" || swap.fresh || withProject) {
      swaps.push(swap);
      continue;
    }
    const project = await projectSwaps(swap, manifest, deps, context);
    swaps.push(...project.inner.map((one) => one.swap));
    inner.push(...project.inner);
    kept.push(...project.kept);
  }
  return { swaps, inner, kept };
}
