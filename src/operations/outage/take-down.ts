import type { Clock } from "../../ports/clock.ts";
import type { Composer } from "../../ports/composer.ts";
import type { Engine } from "../../ports/engine.ts";
import type { ArmedGuard, JournaledContainer } from "../../ports/journal.ts";
import type { OutagePlan } from "./plan-outage.ts";

interface TakeDownDeps {
  readonly engine: Engine;
  readonly composer: Composer;
  readonly clock: Clock;
}

const killed = 137;

/** Spellings of a `stop_signal` that kills at once: then nobody waited for a limit. */
const killsAtOnce = /^(SIG)?KILL$|^9$/i;

/** Told while containers go down. */
export interface StopWitness {
  /** These are being stopped right now. */
  waiting(containers: readonly JournaledContainer[]): void;
  down(container: JournaledContainer): void;
}

/** Dependents first: the ranks of starting from the last to the first, each rank at once. */
function* fromTheTop(containers: readonly JournaledContainer[]): Generator<JournaledContainer[]> {
  const own = containers.filter((container) => !container.follower);
  const ranks = [...new Set(own.map((c) => c.rank))].sort((a, b) => b - a);
  for (const rank of ranks) yield own.filter((c) => c.rank === rank);
}

async function stopOne(container: JournaledContainer, deps: TakeDownDeps): Promise<string[]> {
  await deps.engine.stop(container.id, container.stopTimeout);
  const { exitCode, stopSignal = "" } = await deps.engine.inspect(container.id);
  return exitCode === killed && !killsAtOnce.test(stopSignal)
    ? [
        `${container.name} was killed after ${container.stopTimeout} s: its data is crash-consistent; if it ignores SIGTERM, set \`init: true\` or \`stop_signal\` in its service; if it needs longer, the label stackhold.stop-timeout gives it time`,
      ]
    : [];
}

/** Waits for all before it throws: a stop that is under way must not race with a start. */
async function allOf<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const outcomes = await Promise.allSettled(work);
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
}

/**
 * Stops, pauses or takes down what the plan names. Returns warnings. Compose only removes what has
 * stopped already: it knows one timeout for all.
 */
export async function takeDown(
  plan: OutagePlan,
  deps: TakeDownDeps,
  guard: ArmedGuard,
  witness: StopWitness,
  signal: AbortSignal,
): Promise<string[]> {
  const stopped = async (container: JournaledContainer) => {
    if (plan.way !== "pause") return stopOne(container, deps);
    await deps.engine.pause(container.id);
    return [];
  };
  const warnings: string[] = [];
  for (const rank of fromTheTop(plan.containers)) {
    signal.throwIfAborted();
    guard.beat();
    const waiting = new Set(rank);
    witness.waiting(rank);
    const work = rank.map(async (container) => {
      const warned = await stopped(container);
      waiting.delete(container);
      witness.down(container);
      witness.waiting([...waiting]);
      return warned;
    });
    warnings.push(...(await allOf<string[]>(work)).flat());
  }
  if (plan.way === "down" && plan.compose !== undefined) {
    signal.throwIfAborted();
    await deps.composer.down(plan.compose.project);
  }
  return warnings;
}
