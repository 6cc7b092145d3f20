import type { Freeze } from "../../../domain/manifest.ts";
import { captureParallelism } from "../../../domain/parallelism.ts";
import { formatPart } from "../../../domain/part.ts";
import type { Unprotected } from "../../../domain/sources/candidates.ts";
import { longPathsGap } from "../../../domain/sources/long-paths.ts";
import type { PlannedSource } from "../../../domain/sources/plan-sources.ts";
import { isErrorCode, type StackholdError } from "../../../errors.ts";
import { type Context, type Deps, step } from "../../context.ts";
import { type Outage, quiesce } from "../../outage/quiesce.ts";
import type { Gathered } from "../../recipe/gather.ts";
import { together } from "../../together.ts";
import type { Companion } from "../companions.ts";
import { notProtected, openGaps } from "../not-protected.ts";
import { type PreparedUnit, savesImages } from "../prepare-unit.ts";
import { saveImages } from "../save-images.ts";
import { besideGathering, mayGatherAtRest } from "./beside-gathering.ts";
import { type HotSource, hotPass } from "./hot-pass.ts";
import { treeOf } from "./plan-freeze.ts";
import { ranMeanwhile } from "./ran-meanwhile.ts";
import {
  activityFor,
  type Destination,
  type Portion,
  type StoredParts,
  type Storing,
  storeParts,
} from "./store-parts.ts";

/** What is known when the unit runs again and only storing has to end. */
export interface Frozen {
  /** RFC 3339: the instant whose data was stored. */
  readonly frozenAt: string;
  readonly downtimeMs: number;
  readonly warnings: readonly string[];
  /** The unit did not come back: reported, but the point is still good. */
  readonly leftDown: StackholdError | undefined;
  /** Frozen in a snapshot, and still to be stored from there. */
  readonly late: readonly Portion[];
  /** Stored in two passes, whose changes are still to be written. */
  readonly hot: readonly HotSource[];
  /** Found while it was stored. */
  readonly gaps: readonly Unprotected[];
  readonly gathered: Gathered;
}

interface Copied extends StoredParts {
  readonly late: readonly Portion[];
}

interface Back {
  readonly downtimeMs: number;
  readonly leftDown: StackholdError | undefined;
}

async function bringBack(outage: Outage, deps: Deps): Promise<Back> {
  try {
    return { ...(await outage.restart()), leftDown: undefined };
  } catch (error) {
    if (!isErrorCode(error, "LEFT_DOWN")) throw error;
    const downtimeMs = deps.clock.monotonic() - outage.downSince;
    return { downtimeMs, leftDown: error as StackholdError };
  }
}

export function storingFor(
  { unit, policy }: PreparedUnit,
  destinations: readonly Destination[],
  deps: Deps,
): Storing {
  const parallel = captureParallelism(policy.parallel, deps.settings);
  return { unit: unit.name, destinations, parallel };
}

interface Hot {
  readonly sources: readonly HotSource[];
  /** Images that are not kept. */
  readonly gaps: readonly Unprotected[];
}

/**
 * All that can be done before the outage, so that it is short. Images come first: whatever is done
 * after the first pass gives the data time to change.
 */
async function whileItRuns(
  prepared: PreparedUnit,
  storing: Storing,
  cleanup: AsyncDisposableStack,
  deps: Deps,
  context: Context,
): Promise<Hot> {
  const moving = frozenBy(prepared, "two-phase");
  const snapshots = frozenBy(prepared, "snapshot").map(treeOf);
  const images = savesImages(prepared) ? (await prepared.gathering).images : [];
  if (moving.length + snapshots.length + images.length === 0) return { sources: [], gaps: [] };
  return step("hot", storing.unit, deps.clock, context, async () => {
    const gaps = await saveImages(images, storing, deps, context);
    const sources = await besideGathering(prepared, context, async (own) => {
      const hot = moving.length === 0 ? [] : await hotPass(moving, storing, cleanup, deps, own);
      if (snapshots.length > 0) await deps.snapshots.prepare(snapshots, own.signal);
      return hot;
    });
    return { sources, gaps };
  });
}

/** All that has to happen at rest: snapshots, what changed, and whatever has no other way. */
async function copyAtRest(
  prepared: PreparedUnit,
  hot: readonly HotSource[],
  storing: Storing,
  cleanup: AsyncDisposableStack,
  deps: Deps,
  context: Context,
): Promise<Copied> {
  const late: Portion[] = [];
  const unsteady: string[] = [];
  const gaps: Unprotected[] = [];
  const snapshots = frozenBy(prepared, "snapshot").map((source) => async (signal: AbortSignal) => {
    const activity = activityFor(source, storing, deps.clock, { ...context, signal });
    const snapshot = await deps.snapshots.take(treeOf(source), context.runId, activity);
    cleanup.defer(() => snapshot.drop());
    late.push({ source, tree: snapshot.tree });
  });
  const deltas = hot.map(({ source, passes }) => async (signal: AbortSignal) => {
    const activity = activityFor(source, storing, deps.clock, { ...context, signal });
    const frozen = await passes.freeze(activity);
    unsteady.push(...frozen.unsteady.map((name) => `${formatPart(source)} ${name}`));
    const { tooLong } = frozen.tree;
    if (tooLong !== undefined) gaps.push(longPathsGap(source, tooLong));
  });
  const wholes = frozenBy(prepared, "none").map((source) => async (signal: AbortSignal) => {
    const portions = [{ source, tree: treeOf(source) }];
    const stored = await storeParts(portions, storing, deps.clock, { ...context, signal });
    unsteady.push(...stored.unsteady);
    gaps.push(...stored.gaps);
  });
  const works = [...snapshots, ...deltas, ...wholes];
  await besideGathering(prepared, context, ({ signal }) =>
    together(works, storing.parallel, signal),
  );
  return { unsteady, gaps, late };
}

function frozenBy({ freezes }: PreparedUnit, wanted: Freeze): PlannedSource[] {
  return freezes.flatMap(({ source, way }) => (way === wanted ? [source] : []));
}

export interface FreezeCourse {
  readonly companion: Companion;
  /** The last thing while the unit runs. */
  readonly beforeStop: () => Promise<void>;
  /** Gets what must go in the end. */
  readonly cleanup: AsyncDisposableStack;
  /** What turns out not to be stored while the unit runs fails it. */
  readonly strict: boolean;
}

/**
 * Stores while the unit runs what can be, then: down, copy, up. Whatever happens in between, the
 * restart is the first thing on every way out. The units of a group are down together, so that
 * their data is of one instant.
 */
export async function freezeUnit(
  prepared: PreparedUnit,
  destinations: readonly Destination[],
  { companion, beforeStop, cleanup, strict }: FreezeCourse,
  deps: Deps,
  context: Context,
): Promise<Frozen> {
  const unit = prepared.unit.name;
  const storing = storingFor(prepared, destinations, deps);
  const { sources: hot, gaps: unsaved } = await whileItRuns(
    prepared,
    storing,
    cleanup,
    deps,
    context,
  );
  const open = openGaps(unsaved, prepared.policy);
  if (strict && open.length > 0) throw notProtected(unit, open);
  if (!mayGatherAtRest(prepared, companion)) await prepared.gathering;
  await companion.arrive(context.signal);
  const outage = await step("quiesce", unit, deps.clock, context, async () => {
    await beforeStop();
    // Nobody is down while another's hooks work.
    await companion.arrive(context.signal);
    return quiesce({ plan: prepared.outage, operation: "backup" }, deps, context);
  });
  const atRest = { ...storing, onBytes: companion.share(outage.beat) };
  const copied = await step("cold", unit, deps.clock, context, async () => {
    await companion.arrive(context.signal);
    const frozenAt = deps.clock.now().toISOString();
    const done = await copyAtRest(prepared, hot, atRest, cleanup, deps, context);
    const copiedAt = deps.clock.now().toISOString();
    await companion.arrive(context.signal);
    // Seen at once: who has its data leaves in peace while this one still looks around.
    const apart = companion.absent();
    const moment = { from: frozenAt, to: copiedAt };
    const [, ran] = await Promise.all([
      outage.assertStillDown(),
      ranMeanwhile(prepared, moment, deps),
    ]);
    return { ...done, frozenAt, ran, apart };
  }).catch((failure: unknown) => ({ failure }));
  companion.leave();
  const back = await step("restart", unit, deps.clock, context, () => bringBack(outage, deps));
  if ("failure" in copied) throw back.leftDown ?? copied.failure;
  const { frozenAt, late } = copied;
  const gaps = [...unsaved, ...copied.gaps];
  const warnings = [
    ...prepared.warnings,
    ...outage.warnings,
    ...copied.ran,
    ...copied.unsteady.map((name) => `changed while it was stored: ${name}`),
    ...copied.apart.map((other) => `not frozen together with ${other}, which failed before`),
  ];
  return { frozenAt, ...back, warnings, late, hot, gaps, gathered: await prepared.gathering };
}
