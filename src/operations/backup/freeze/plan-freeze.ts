import { decideFreeze, type FreezeDecision } from "../../../domain/freeze.ts";
import type { Quiesce } from "../../../domain/manifest.ts";
import { formatPart } from "../../../domain/part.ts";
import type { FreezeChoice } from "../../../domain/policy.ts";
import type { PlannedSource } from "../../../domain/sources/plan-sources.ts";
import type { Tree } from "../../../ports/capture.ts";
import type { Deps } from "../../context.ts";
import { spoolRefusal } from "./spool-place.ts";

/** A source and how it is frozen. */
export interface SourceFreeze extends FreezeDecision {
  readonly source: PlannedSource;
}

export function treeOf({ path, type, exclude }: PlannedSource): Tree {
  return { path, type, exclude };
}

/** What listing a tree twice costs as well, while it is down. */
const cheapMs = 200;

async function snapshotAbility(source: PlannedSource, tree: Tree, { snapshots }: Deps) {
  if (source.isMountedOnUse === true) return "it is mounted only while its unit runs";
  const found = await snapshots.way(tree);
  if ("none" in found) return found.none;
  return found.estimatedMs <= cheapMs ? "cheap" : "possible";
}

/** What is not stopped is not frozen: there all is stored in one go, as it moves. */
export async function planFreeze(
  sources: readonly PlannedSource[],
  choice: FreezeChoice,
  quiesce: Quiesce,
  deps: Deps,
): Promise<SourceFreeze[]> {
  if (quiesce === "none" || choice === "none") {
    return sources.map((source) => ({ source, way: "none" }));
  }
  const noSpool = spoolRefusal(deps);
  return Promise.all(
    sources.map(async (source) => {
      const tree = treeOf(source);
      const abilities = {
        twoPhase: (await deps.capture.twoPhaseRefusal(tree)) ?? (await noSpool) ?? (true as const),
        snapshot: await snapshotAbility(source, tree, deps),
      };
      return { source, ...decideFreeze(choice, abilities) };
    }),
  );
}

/** Sources that cannot be frozen as somebody asked for. */
export function notAsAsked(freezes: readonly SourceFreeze[], asked: FreezeChoice): string[] {
  return freezes.flatMap(({ source, way, why }) =>
    why === undefined
      ? []
      : [`${formatPart(source)} is frozen by ${way} instead of ${asked}: ${why}`],
  );
}
