import type { ImagePin } from "../../domain/image-pins.ts";
import type { Manifest, RecordedVolume } from "../../domain/manifest.ts";
import { isRunning, type Member } from "../../domain/unit.ts";
import { StackholdError } from "../../errors.ts";
import type { Swap } from "../../ports/capture.ts";
import { type Context, type Deps, step } from "../context.ts";
import { awaitEngine } from "../outage/engine-back.ts";
import { type OwnTargets, ownTargets } from "../outage/own-targets.ts";
import { nothingStopped, type OutagePlan } from "../outage/plan-outage.ts";
import { putBack } from "../outage/put-back.ts";
import { journalEntry, leftDown, type Outage, quiesce } from "../outage/quiesce.ts";
import { discardStaged, rollBackSwaps } from "../outage/roll-back.ts";
import { asTheyWere, waitHealthy } from "../outage/wait-healthy.ts";
import { mountedOnUse, whileMounted } from "../outage/while-mounted.ts";
import { awaitFormer } from "./await-former.ts";
import { createMissing } from "./create-missing.ts";
import { refuseIntruders, stopIntruders } from "./intruders.ts";
import { keptFiles } from "./kept-files.ts";
import { leftBehind } from "./left-behind.ts";
import { leftDownBefore } from "./left-down.ts";
import { bringHome } from "./linked-out.ts";
import type { LocatedPoint } from "./locate-point.ts";
import { markCopies } from "./mark-copies.ts";
import { makeVolumes } from "./missing-volumes.ts";
import { makeNetworks } from "./networks/make-networks.ts";
import { keptText } from "./networks/network-text.ts";
import type { NetworksPlan } from "./networks/plan-networks.ts";
import { type Placement, reachOf } from "./placements.ts";
import { pausedWarnings, planStart } from "./plan-stop.ts";
import { planSwaps } from "./plan-swaps.ts";
import type { RestoreInput } from "./restore-input.ts";
import { planStages, stageParts } from "./stage-parts.ts";
import type { StandalonePlan } from "./standalone/plan-standalone.ts";
import { type Surroundings, surroundingsOf } from "./surroundings.ts";
import { type Survey, survey } from "./survey.ts";

export interface InPlacePlan {
  readonly placed: readonly Placement[];
  /** Of a restore of some parts: whether anything of the unit ran before it. */
  readonly parts?: { readonly wasUp: boolean };
  /** Targets at which something is now. */
  readonly occupied: ReadonlySet<string>;
  /** `missing`: what has to be created. */
  readonly now: Survey;
  /** Of a standalone unit. */
  readonly standalone?: StandalonePlan;
  /** Members of the unit that are stopped. */
  readonly members: readonly Member[];
  readonly stop: OutagePlan;
  /** Names of what will run, as far as it can be told beforehand. */
  readonly starts: readonly string[];
  /** References of images that come from the point, as a dry run tells them. */
  readonly loads: readonly string[];
  readonly networks: NetworksPlan;
  /** Gone, to be made before containers are. */
  readonly volumes: readonly RecordedVolume[];
  /** Images that ran, for what Compose creates. */
  readonly pins: readonly ImagePin[];
  /** Of a container beside its original: nothing of it stays where it does not come up. */
  readonly isCopy?: boolean;
  /** What is created otherwise than it was, or cannot be told. */
  readonly warnings: readonly string[];
}

export interface Restored {
  readonly downtimeMs: number;
  /** Host paths of what was there before. */
  readonly safetyCopy: readonly string[];
  readonly running: boolean;
  readonly healthy: boolean;
  readonly warnings: readonly string[];
  readonly surroundings?: Surroundings;
  /** The data is restored, but the unit does not run as it should. */
  readonly error: StackholdError | undefined;
}

type Ready = Placement & { readonly target: string };

const isReady = (placed: Placement): placed is Ready => placed.target !== undefined;

/** A unit that ran, and was healthy where it has checks, is worth going back to. */
function worked(members: readonly Member[]): boolean {
  const running = members.filter(isRunning);
  return (
    running.length > 0 && running.every((m) => m.health === undefined || m.health === "healthy")
  );
}

async function startRestored(
  manifest: Manifest,
  plan: InPlacePlan,
  input: RestoreInput,
  outage: Outage,
  deps: Deps,
  context: Context,
) {
  const { members } = await survey(manifest, deps);
  const { containers: before } = outage.entry();
  const { parts } = plan;
  const wanted = planStart({ manifest, members, before, ...(parts ? { parts } : {}) });
  const containers = input.noStart ? wanted.map((c) => ({ ...c, start: false })) : wanted;
  const others = before.filter(
    (c) => c.start && !c.follower && !containers.some((own) => own.id === c.id),
  );
  const { compose: _, networks: __, ...entry } = outage.entry();
  const all = [...containers, ...others];
  const onStep = outage.beat;
  const outcome = await putBack({ ...entry, containers: all }, { ...deps, onStep });
  const wasUp = before.some((container) => container.start);
  const downtimeMs = wasUp ? deps.clock.monotonic() - outage.downSince : 0;
  const awake = new Set(containers.filter((c) => c.start).map((c) => c.id));
  const crashed = new Set(
    asTheyWere(plan.now.members, plan.now.at)
      .filter(({ state }) => state === "restarting")
      .map(({ name }) => name),
  );
  const watched = members
    .filter((member) => awake.has(member.id))
    .map((member) => ({
      ...member,
      health: "healthy" as const,
      ...(crashed.has(member.name) ? { state: "restarting" as const } : {}),
    }));
  if (outcome.started.length > 0) {
    context.emit({
      type: "unit.started",
      unit: manifest.unit,
      containers: outcome.started,
      downtimeMs,
    });
  }
  const hasStarted = outcome.started.length > 0;
  const runs = hasStarted || (parts !== undefined && members.some(isRunning));
  if (outcome.failed.length > 0) {
    const problem = leftDown(manifest.unit, outcome.failed);
    return { containers: all, downtimeMs, problem, running: false, healthy: false };
  }
  const readiness = await waitHealthy(watched, input.policy, deps, context.signal, outage.beat);
  context.signal.throwIfAborted();
  const problem =
    readiness.notReady.length === 0
      ? undefined
      : new StackholdError(
          "LEFT_DOWN",
          `${manifest.unit} was restored but is not ready: ${readiness.notReady.join("; ")}`,
          { hint: "look at its logs; the data from before is kept as a safety copy" },
        );
  const fine = problem === undefined && runs;
  const took = hasStarted ? downtimeMs : 0;
  return { containers: all, downtimeMs: took, problem, running: fine, healthy: fine };
}

function notComing(problem: StackholdError): StackholdError {
  return new StackholdError("RESTORE_FAILED", problem.message, {
    hint: "it was removed again; with --no-start it stays, to be looked at and started by hand",
    cause: problem,
  });
}

/** Thrown on the way to the rollback: when it arrives, the old data is back. */
function rolledBack(problem: StackholdError): StackholdError {
  return new StackholdError("RESTORE_FAILED", `${problem.message}; the data from before is back`, {
    hint: "nothing was lost: see why the restored data does not come up, or restore another point",
    cause: problem,
  });
}

/** Old data back, then what ran before starts. Throws when not even that worked. */
async function rollBack(
  plan: InPlacePlan,
  input: RestoreInput,
  outage: Outage,
  deps: Deps,
  context: Context,
): Promise<void> {
  await step("rollback", input.unit, deps.clock, context, async () => {
    await awaitEngine(deps, outage.beat);
    await rollBackSwaps(outage.entry(), deps);
    await outage.restart();
    await awaitFormer(plan, input, deps, context);
  });
}

/** A device that a volume was made of again may hold what nobody must lose. */
async function foundThere(created: readonly Swap[], deps: Deps): Promise<Swap[]> {
  const mounted = created.filter(({ children }) => children);
  const paths = (
    await mountedOnUse(
      mounted.map(({ target }) => target),
      deps,
    )
  ).map((one) => one.path);
  return mounted.filter(({ target }) => paths.includes(target));
}

/** Down, swap, create what is gone, up; any failure rolls back. */
async function exchange(
  point: LocatedPoint,
  plan: InPlacePlan,
  swaps: readonly Swap[],
  stages: readonly Swap[],
  own: OwnTargets,
  input: RestoreInput,
  deps: Deps,
  context: Context,
): Promise<Restored> {
  const { manifest } = point.reader;
  const { unit } = manifest;
  const mounts = own.mounts;
  const request = { plan: plan.stop, operation: "restore", stages, mounts } as const;
  const outage = await step("quiesce", unit, deps.clock, context, () =>
    quiesce(request, deps, context),
  );
  const started = await swapAndStart(point, plan, swaps, own, input, outage, deps, context).catch(
    async (error: unknown) => {
      await rollBack(plan, input, outage, deps, context);
      throw error;
    },
  );
  const { swaps: done } = outage.entry();
  // From here on a recovery goes forward: the new data stays, and what runs now shall run.
  await outage.amend({ swaps: [], networks: [], containers: started.containers });
  const created = done.filter((swap) => !swaps.includes(swap));
  const found = await foundThere(created, deps);
  for (const swap of created) if (!found.includes(swap)) await deps.capture.forget(swap);
  await discardStaged(outage.entry(), deps, context);
  await outage.close();
  const safetyCopy = [...swaps, ...found].filter((swap) => !swap.fresh).map((swap) => swap.aside);
  const { downtimeMs, running, healthy, warnings, problem } = started;
  return { downtimeMs, safetyCopy, running, healthy, warnings, error: problem };
}

async function swapAndStart(
  point: LocatedPoint,
  plan: InPlacePlan,
  swaps: readonly Swap[],
  own: OwnTargets,
  input: RestoreInput,
  outage: Outage,
  deps: Deps,
  context: Context,
) {
  const { manifest } = point.reader;
  const { unit } = manifest;
  const targets = [...plan.placed.flatMap(reachOf), ...swaps.map(({ target }) => target)];
  const swapAll = async () => {
    await outage.amend({ swaps });
    for (const swap of swaps) await deps.capture.swap(swap);
  };
  const warnings = await step("swap", unit, deps.clock, context, async () => {
    await refuseIntruders(manifest, targets, deps);
    await makeNetworks(plan.networks, plan.now.members, unit, outage, deps, context);
    await makeVolumes(plan.volumes, unit, deps, context);
    const swapped = swaps.map(({ target }) => target);
    await own.note(swapped, outage);
    await whileMounted(swapped, deps, swapAll);
    const waiting = plan.placed.filter((placed) => !isReady(placed));
    const isIncomplete = plan.now.missing.length > 0 || waiting.length > 0;
    const created = isIncomplete
      ? await createMissing(point, plan, waiting, own, outage, deps, context)
      : [];
    context.signal.throwIfAborted();
    const all = outage.entry().swaps.map(({ target }) => target);
    const late = await stopIntruders(manifest, [...targets, ...all], outage, deps, context);
    return [...created, ...late];
  });
  const started = await step("restart", unit, deps.clock, context, () =>
    startRestored(manifest, plan, input, outage, deps, context),
  );
  if (started.problem !== undefined && plan.isCopy === true) throw notComing(started.problem);
  if (started.problem !== undefined && worked(plan.members)) throw rolledBack(started.problem);
  return { ...started, warnings };
}

/**
 * Everything is unpacked beside its target before anything stops; then stop, renames, start.
 * Throws with the old data back and running; a problem that nothing could be rolled back to is in
 * the result.
 */
export async function restoreInPlace(
  point: LocatedPoint,
  plan: InPlacePlan,
  input: RestoreInput,
  deps: Deps,
  context: Context,
): Promise<Restored> {
  const { manifest } = point.reader;
  const { unit } = manifest;
  const left = await leftDownBefore(unit, deps);
  const targets = plan.placed.flatMap(({ target }) => target ?? []);
  await using own = ownTargets(unit, deps, context);
  const toMount = await own.take(targets);
  await using mounts = new AsyncDisposableStack();
  let stages: readonly Swap[] = [];
  const note = async (more: readonly Swap[]) => {
    stages = [...stages, ...more];
    const nothing = nothingStopped(unit);
    const request = { plan: nothing, operation: "restore", stages, mounts: own.mounts } as const;
    const containers = left?.containers ?? [];
    await deps.journal.write({ ...journalEntry(request, deps, context), containers });
  };
  let touched = false;
  try {
    if (toMount.length > 0) await note([]);
    for (const { path, options } of toMount) {
      mounts.use(await deps.capture.mountVolume(options, path));
    }
    const planned = await planStages(plan.placed.filter(isReady), deps, context, input);
    const ready = await step("stage", unit, deps.clock, context, async () => {
      await note(planned.map(({ swap }) => swap));
      const staged = await stageParts(planned, point, deps, context, () => {});
      const home = await bringHome(staged, deps);
      const swaps = await planSwaps(staged, manifest, input.withProject, deps, context);
      await note(swaps.inner.map(({ swap }) => swap));
      for (const { from, swap } of swaps.inner) await deps.capture.restage(from, swap);
      await markCopies(swaps.swaps, unit, deps, context);
      return { ...swaps, staged, home };
    });
    await mounts.disposeAsync();
    touched = true;
    const restored = await exchange(point, plan, ready.swaps, stages, own, input, deps, context);
    const warnings = [
      ...pausedWarnings(plan.stop),
      ...plan.networks.warnings,
      ...plan.networks.keep.map(keptText),
      ...ready.home,
      ...keptFiles(ready.kept),
      ...ready.notPutBack.map(
        (name) =>
          `${name} is missing and was not put back, since its name is not UTF-8: --with-project or --to directory:DIR does`,
      ),
    ];
    const apart = await leftBehind(ready.swaps, ready.staged, manifest, deps);
    const surroundings = surroundingsOf(plan);
    const all = [...restored.warnings, ...plan.warnings, ...warnings, ...apart];
    return { ...restored, surroundings, warnings: all };
  } catch (error) {
    // After that the outage itself leaves everything in order.
    if (!touched) {
      await mounts.disposeAsync();
      await discardStaged({ unit, swaps: [], stages }, deps, context);
      await (left === undefined ? deps.journal.close(unit) : deps.journal.write(left));
    }
    throw error;
  }
}
