import type { RecoverResult } from "../../domain/results.ts";
import { isErrorCode, messageOf } from "../../errors.ts";
import type { JournalEntry } from "../../ports/journal.ts";
import type { Lock } from "../../ports/locks.ts";
import { type Context, type Deps, step } from "../context.ts";
import { withHooksLeft } from "../hooks/journal-with-hooks.ts";
import { hookMark } from "../hooks/run-hook.ts";
import { awaitEngine, engineAway } from "../outage/engine-back.ts";
import { recoveredTargets } from "../outage/own-targets.ts";
import { putBack } from "../outage/put-back.ts";
import { discardStaged, rollBackSwaps } from "../outage/roll-back.ts";
import { closeDeadRuns } from "./close-dead-runs.ts";
import { finishHooks } from "./finish-hooks.ts";
import { awaitPendingStops } from "./pending-stops.ts";
import { removedMeanwhile } from "./removed-meanwhile.ts";

type Recovered = RecoverResult["units"][number];

/** What was only staged is put right without the engine, which a restore into a directory does not need. */
function concernsEngine(entry: JournalEntry): boolean {
  const { containers, compose, creates, swaps, networks = [], mounts = [] } = entry;
  const lists = [containers, swaps, networks, mounts];
  return lists.some((list) => list.length > 0) || compose !== undefined || creates !== undefined;
}

/** Others may have the rest. */
async function mountedStill(
  { mounts = [] }: Pick<JournalEntry, "mounts">,
  { capture }: Pick<Deps, "capture">,
): Promise<Pick<JournalEntry, "mounts">> {
  const probes = await Promise.all(mounts.map((path) => capture.probe(path)));
  const still = mounts.filter((_, index) => probes[index]?.isMountPoint === true);
  return still.length === 0 ? {} : { mounts: still };
}

async function putRight(entry: JournalEntry, deps: Deps, context: Context): Promise<Recovered> {
  const { unit } = entry;
  await deps.endOrphans();
  await deps.hooks.endLeftovers(hookMark(unit, entry.runId));
  const onWait = (times: number) => {
    if (times === 1) context.emit({ type: "warning", unit, message: engineAway });
  };
  if (concernsEngine(entry)) await awaitEngine(deps, onWait, context.signal);
  await using _targets = await recoveredTargets(entry, unit, deps, context);
  await awaitPendingStops(entry, deps);
  await rollBackSwaps(entry, deps);
  const outcome = await putBack(entry, deps);
  const rolledBack = entry.swaps.length > 0 || (entry.networks ?? []).length > 0;
  const removed = await removedMeanwhile(outcome.failed, entry, deps.engine);
  const down = outcome.failed.filter(({ name }) => !removed.includes(name));
  for (const name of removed) {
    const message = `${name} was removed by somebody after it had been stopped: it is not started`;
    context.emit({ type: "warning", unit, message });
  }
  const failed = down.map(({ name }) => name);
  const hooks = await finishHooks(entry, outcome, deps, context);
  const { warnings } = hooks;
  for (const message of warnings) context.emit({ type: "warning", unit, message });
  await discardStaged(entry, deps, context);
  if (failed.length === 0) {
    await deps.journal.close(unit);
    const names = outcome.started.join(", ") || "nothing had to be started";
    const message = `put right after a ${entry.operation} that died: ${names}`;
    context.emit({ type: "log", unit, level: "success", message });
  } else {
    // What is done need not be undone again; what does not start stays noted.
    const { mounts: _, ...left } = withHooksLeft(entry, hooks.failed);
    const mounts = await mountedStill(entry, deps);
    await deps.journal.write({ ...left, ...mounts, swaps: [], stages: [] });
    for (const { name, error } of down) {
      const reason = messageOf(error);
      const isContainer = entry.containers.some((container) => container.name === name);
      context.emit({
        type: "log",
        unit,
        level: "error",
        message: `${name} ${isContainer ? "does not start" : "is not as it was"}: ${reason}`,
      });
    }
  }
  return {
    unit,
    started: [...outcome.started],
    rolledBack,
    failed,
    removed,
    warnings: [...warnings],
  };
}

async function recoverLocked(
  unit: string,
  lock: Lock,
  deps: Deps,
  context: Context,
): Promise<Recovered | undefined> {
  try {
    const entry = await deps.journal.read(unit);
    if (entry === undefined) return undefined;
    return await step("recover", unit, deps.clock, context, () => putRight(entry, deps, context));
  } finally {
    await lock.release();
  }
}

/** Its journal is no use: a person must look, and the other units must not wait for that. */
function unreadable(unit: string, error: unknown, context: Context): Recovered {
  const message = messageOf(error);
  context.emit({ type: "log", unit, level: "error", message });
  return { unit, started: [], rolledBack: false, failed: [message], removed: [], warnings: [] };
}

async function recoverUnit(
  unit: string,
  deps: Deps,
  context: Context,
): Promise<Recovered | undefined> {
  const what = `recovery of ${unit}`;
  try {
    const lock = await deps.locks.acquire(`unit/${unit}`, "recovery", what, context.signal);
    return await recoverLocked(unit, lock, deps, context);
  } catch (error) {
    if (isErrorCode(error, "LOCKED")) return undefined;
    context.signal.throwIfAborted();
    return unreadable(unit, error, context);
  }
}

/**
 * Puts right what journals of dead runs say, each under its unit's lock; a unit whose run lives is
 * left alone, one that another recovery works on is waited for. One that fails is in the result.
 */
export async function recoverUnits(
  deps: Deps,
  context: Context,
  only?: string,
): Promise<RecoverResult> {
  await closeDeadRuns(deps);
  const names = await deps.journal.units();
  const units: Recovered[] = [];
  for (const unit of names.filter((name) => only === undefined || name === only)) {
    const recovered = await recoverUnit(unit, deps, context);
    if (recovered !== undefined) units.push(recovered);
  }
  return { schemaVersion: 1, units };
}
