import { join } from "node:path";
import type { PlannedSource } from "../../../domain/sources/plan-sources.ts";
import type { TwoPhase } from "../../../ports/two-phase.ts";
import type { Context, Deps } from "../../context.ts";
import { together } from "../../together.ts";
import { treeOf } from "./plan-freeze.ts";
import { inSpool, makeSpool, withSpool } from "./spool-place.ts";
import { activityFor, type Storing, storeParts } from "./store-parts.ts";

/** A source whose first pass is stored. */
export interface HotSource {
  readonly source: PlannedSource;
  readonly passes: TwoPhase;
}

/** Longer ago, and what the first listing left in the caches may be gone. */
const staleMs = 60_000;
/** With more entries a listing before the stop saves a third of the outage's own. */
const manyFiles = 20_000;

/**
 * Stores sources while they move. `cleanup` lets each go in the end: it is handed over as soon as
 * it exists, so that none outlives the run.
 */
export async function hotPass(
  sources: readonly PlannedSource[],
  storing: Storing,
  cleanup: AsyncDisposableStack,
  deps: Deps,
  context: Context,
): Promise<readonly HotSource[]> {
  const { parallel } = storing;
  const began = deps.clock.monotonic();
  const spool = await makeSpool(storing.destinations, cleanup, deps);
  const begin = async (source: PlannedSource, index: number, signal: AbortSignal) => {
    const activity = activityFor(source, storing, deps.clock, { ...context, signal });
    const tree = treeOf(source);
    const passes = await inSpool(spool, () =>
      deps.capture.twoPhase(tree, join(spool.path, `${index}`), activity),
    );
    cleanup.defer(() => passes.release());
    return { source, tree, passes: withSpool(passes, spool) };
  };
  const hot = await together(
    sources.map((source, index) => (signal) => begin(source, index, signal)),
    parallel,
    context.signal,
  );
  await storeParts(hot, storing, deps.clock, context);
  const isStale = deps.clock.monotonic() - began > staleMs;
  const again = hot.filter(({ passes }) => isStale || passes.measure.files > manyFiles);
  const refresh = again.map(
    ({ passes }) =>
      (signal: AbortSignal) =>
        passes.refresh({ signal }),
  );
  await together(refresh, parallel, context.signal);
  return hot;
}
