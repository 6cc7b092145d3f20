import { isErrorCode } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Engine } from "../../ports/engine.ts";
import type { JournaledContainer } from "../../ports/journal.ts";
import { engineBackMs } from "./engine-back.ts";
import { replacementOf } from "./replacement.ts";

export interface StartFailure {
  readonly name: string;
  readonly error: unknown;
}

export interface StartOutcome {
  readonly started: readonly string[];
  readonly failed: readonly StartFailure[];
}

interface StartDeps {
  readonly engine: Engine;
  readonly clock: Clock;
  /** The work goes on: a container has started, or the engine is waited for. */
  readonly onStep?: () => void;
}

const attemptsPerStart = 3;

/** It runs, and is held since before it would have been stopped, or by somebody after its start. */
async function isPaused(container: string, { engine }: StartDeps): Promise<boolean> {
  return (await engine.inspect(container)).state === "paused";
}

async function startPatiently(container: string, deps: StartDeps): Promise<void> {
  const deadline = deps.clock.monotonic() + engineBackMs;
  for (let attempt = 1; ; attempt++) {
    try {
      return await deps.engine.start(container);
    } catch (error) {
      const away = isErrorCode(error, "ENGINE_UNREACHABLE") && deps.clock.monotonic() < deadline;
      const refused = isErrorCode(error, "ENGINE_ERROR");
      if (refused && (await isPaused(container, deps))) return;
      const again = refused && attempt < attemptsPerStart;
      if (!away && !again) throw error;
      deps.onStep?.();
      await deps.clock.sleep(250);
    }
  }
}

/** The container itself or, when it was replaced meanwhile, the one that took its place. */
async function startOrReplacement(container: JournaledContainer, deps: StartDeps): Promise<void> {
  try {
    await startPatiently(container.id, deps);
  } catch (error) {
    if (!isErrorCode(error, "CONTAINER_MISSING")) throw error;
    const replacement = await replacementOf(container, deps.engine);
    if (replacement === undefined) throw error;
    await startPatiently(replacement, deps);
  }
}

async function unpause(container: JournaledContainer, deps: StartDeps): Promise<void> {
  const member = await deps.engine.inspect(container.id);
  if (member.state === "paused") await deps.engine.unpause(container.id);
  else if (member.state !== "running") await startPatiently(container.id, deps);
}

/** A container in another's network namespace lost it with the restart, so it starts anew. */
async function restart(container: JournaledContainer, deps: StartDeps): Promise<void> {
  await deps.engine.stop(container.id, container.stopTimeout);
  await startPatiently(container.id, deps);
}

/**
 * Starts what a run took down: ranks in order, each rank at once, followers last. One that fails
 * does not keep the others down. Ignores any signal of the run.
 */
export async function startContainers(
  containers: readonly JournaledContainer[],
  way: "start" | "unpause",
  deps: StartDeps,
): Promise<StartOutcome> {
  const started: string[] = [];
  const failed: StartFailure[] = [];
  const ranks = [...new Set(containers.map((c) => c.rank))].sort((a, b) => a - b);
  const act = way === "unpause" ? unpause : startOrReplacement;
  const settle = (group: readonly JournaledContainer[], work: typeof act) =>
    Promise.all(
      group.map(async (container) => {
        try {
          await work(container, deps);
          started.push(container.name);
          deps.onStep?.();
        } catch (error) {
          failed.push({ name: container.name, error });
        }
      }),
    );
  const own = containers.filter((c) => c.start && !c.follower);
  for (const rank of ranks) {
    await settle(
      own.filter((c) => c.rank === rank),
      act,
    );
  }
  if (way === "start")
    await settle(
      containers.filter((c) => c.follower),
      restart,
    );
  return { started, failed };
}
