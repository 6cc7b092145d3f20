import { isErrorCode, messageOf, StackholdError } from "../../errors.ts";
import type { Swap } from "../../ports/capture.ts";
import type { ArmedGuard, JournalEntry, JournaledContainer } from "../../ports/journal.ts";
import type { Context, Deps } from "../context.ts";
import { awaitEngine, engineAway } from "./engine-back.ts";
import type { OutagePlan } from "./plan-outage.ts";
import { putBack } from "./put-back.ts";
import { suspendPolicies } from "./restart-policies.ts";
import { discardStaged } from "./roll-back.ts";
import { assertStillDown, type Stand, standOf } from "./still-down.ts";
import { type StopWitness, takeDown } from "./take-down.ts";

export interface Outage {
  /** Milliseconds of the monotonic clock at the first stop request. */
  readonly downSince: number;
  readonly warnings: readonly string[];
  /** What the journal says now. */
  entry(): JournalEntry;
  /** Durable when it returns: for acts of a restore that must be undoable. */
  amend(
    change: Partial<Pick<JournalEntry, "containers" | "swaps" | "stages" | "networks" | "mounts">>,
  ): Promise<void>;
  /** Throws when a container came back by itself, e.g. because the engine restarted. */
  assertStillDown(): Promise<void>;
  /** The work goes on: keeps the guard quiet. */
  beat(): void;
  /**
   * Starts what ran, removes what was staged, closes the journal and dismisses the guard.
   * Idempotent; does not listen to any signal. Throws LEFT_DOWN naming what does not start; the
   * journal then stays for `recover`.
   */
  restart(): Promise<{ readonly downtimeMs: number }>;
  /** Closes journal and guard without starting anything. Idempotent with `restart`. */
  close(): Promise<void>;
}

/** How long the guard takes silence for work, beyond the longest stop. */
const patienceSeconds = 300;

export interface OutageRequest {
  readonly plan: OutagePlan;
  readonly operation: JournalEntry["operation"];
  /** Of a restore. What it swaps is amended once the unit is down. */
  readonly stages?: readonly Swap[];
  /** Of a restore: host paths at which it may mount volumes. */
  readonly mounts?: readonly string[];
  /** Of a restore: the Compose project that it makes. */
  readonly creates?: string;
}

export function journalEntry(request: OutageRequest, deps: Deps, context: Context): JournalEntry {
  const { plan } = request;
  return {
    version: 1,
    unit: plan.unit,
    runId: context.runId,
    operation: request.operation,
    pid: deps.settings.pid,
    startedAt: deps.clock.now().toISOString(),
    quiesce: plan.way,
    containers: plan.containers,
    ...(plan.compose === undefined ? {} : { compose: plan.compose }),
    swaps: [],
    stages: request.stages ?? [],
    ...(request.mounts?.length ? { mounts: request.mounts } : {}),
    ...(request.creates === undefined ? {} : { creates: request.creates }),
  };
}

const nothingTouched = (entry: JournalEntry): Outage => ({
  downSince: 0,
  warnings: [],
  entry: () => entry,
  amend: () => Promise.resolve(),
  assertStillDown: () => Promise.resolve(),
  beat: () => {},
  restart: () => Promise.resolve({ downtimeMs: 0 }),
  close: () => Promise.resolve(),
});

/** Nothing of the unit runs that would be stopped. */
export function isIdle(plan: Pick<OutagePlan, "containers" | "compose">): boolean {
  return plan.containers.length === 0 && plan.compose === undefined;
}

async function armed(entry: JournalEntry, deps: Deps, context: Context): Promise<ArmedGuard> {
  const longest = Math.max(0, ...entry.containers.map((c) => c.stopTimeout));
  try {
    await deps.journal.write(entry);
    return await deps.guard.arm(entry.unit, patienceSeconds + longest);
  } catch (error) {
    await discardStaged(entry, deps, context);
    await deps.journal.close(entry.unit);
    throw error;
  }
}

/**
 * Takes a unit down for a moment. The journal is durable and the guard armed before the first stop
 * request; when anything fails on the way down, what was stopped is started before this throws.
 */
export async function quiesce(
  request: OutageRequest,
  deps: Deps,
  context: Context,
): Promise<Outage> {
  const { plan, operation } = request;
  let entry = journalEntry(request, deps, context);
  if (isIdle(plan) && operation === "backup") return nothingTouched(entry);
  const guard = await armed(entry, deps, context);
  const downSince = deps.clock.monotonic();
  const restart = once(() => bringUp(entry, guard, downSince, deps, context));
  try {
    context.signal.throwIfAborted();
    if (operation === "restore") await suspendPolicies(plan.containers, deps.engine);
    const witness = witnessFor(plan.unit, context);
    const warnings = await takeDown(plan, deps, guard, witness, context.signal);
    const stand: Stand = await standOf(plan.containers, plan.way, deps.engine);
    const containers = namesOf(plan.containers).toReversed();
    if (containers.length > 0) context.emit({ type: "unit.stopped", unit: plan.unit, containers });
    return {
      downSince,
      warnings,
      entry: () => entry,
      amend: async (change) => {
        entry = { ...entry, ...change };
        await deps.journal.write(entry);
        guard.beat();
      },
      assertStillDown: () => assertStillDown(stand, deps.engine),
      beat: () => guard.beat(),
      restart,
      close: () => end(entry.unit, guard, deps),
    };
  } catch (error) {
    await restart();
    throw error;
  }
}

/** Says each stop when it has happened. */
function witnessFor(unit: string, { emit }: Context): StopWitness {
  return {
    waiting: (containers) => emit({ type: "unit.stopping", unit, containers: namesOf(containers) }),
    down: (container) => {
      for (const name of namesOf([container])) {
        emit({ type: "log", unit, level: "info", message: `stopped ${name}` });
      }
    },
  };
}

function namesOf(containers: readonly JournaledContainer[]): string[] {
  return containers.filter((c) => c.start && !c.follower).map((c) => c.name);
}

async function end(unit: string, guard: ArmedGuard, deps: Deps): Promise<void> {
  await deps.journal.close(unit);
  await guard.dismiss();
}

async function bringUp(
  entry: JournalEntry,
  guard: ArmedGuard,
  downSince: number,
  deps: Deps,
  context: Context,
): Promise<{ downtimeMs: number }> {
  const { unit } = entry;
  await awaitEngine(deps, (times) => {
    guard.beat();
    if (times === 1) context.emit({ type: "warning", unit, message: engineAway });
  });
  const outcome = await putBack(entry, { ...deps, onStep: guard.beat });
  const downtimeMs =
    namesOf(entry.containers).length === 0 ? 0 : deps.clock.monotonic() - downSince;
  if (outcome.failed.length > 0) {
    await guard.dismiss();
    throw leftDown(unit, outcome.failed);
  }
  const { started } = outcome;
  if (started.length > 0) {
    context.emit({ type: "unit.started", unit, containers: started, downtimeMs });
  }
  await discardStaged(entry, deps, context);
  await end(unit, guard, deps);
  return { downtimeMs };
}

export function leftDown(
  unit: string,
  failed: readonly { readonly name: string; readonly error: unknown }[],
): StackholdError {
  const isGone = (error: unknown) => isErrorCode(error, "CONTAINER_MISSING");
  const reasons = failed.map(
    ({ name, error }) => `${name} (${isGone(error) ? "somebody removed it" : messageOf(error)})`,
  );
  const hint = failed.every(({ error }) => isGone(error))
    ? "create it again, or run `stackhold recover`, which forgets it where all of its project is gone"
    : "start it by hand after mending the reason; `stackhold recover` tries once more";
  return new StackholdError("LEFT_DOWN", `${unit} is not running again: ${reasons.join("; ")}`, {
    hint,
    cause: failed[0]?.error,
  });
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
