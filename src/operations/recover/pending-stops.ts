import { isRunning } from "../../domain/unit.ts";
import { isErrorCode } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Engine } from "../../ports/engine.ts";
import type { JournalEntry, JournaledContainer } from "../../ports/journal.ts";

interface PendingDeps {
  readonly engine: Engine;
  readonly clock: Clock;
}

/** Beyond its stop timeout the engine needs a moment to kill and to tell. */
const slackMs = 10_000;
const pollMs = 50;

/**
 * Whether the engine was asked to stop a container that still runs: it tells by a `kill` event
 * after which the container neither died nor started.
 */
async function isBeingStopped(
  id: string,
  entry: JournalEntry,
  deps: PendingDeps,
): Promise<boolean> {
  const since = Date.parse(entry.startedAt) / 1000;
  const until = deps.clock.now().getTime() / 1000;
  let last = "";
  const filter = { containers: [id], actions: ["kill", "die", "start"], since, until };
  for await (const event of deps.engine.events(filter)) last = event.action;
  return last === "kill";
}

async function waitWhileStopping(
  container: JournaledContainer,
  entry: JournalEntry,
  deps: PendingDeps,
): Promise<void> {
  const deadline = deps.clock.monotonic() + container.stopTimeout * 1000 + slackMs;
  try {
    if (!isRunning(await deps.engine.inspect(container.id))) return;
    if (!(await isBeingStopped(container.id, entry, deps))) return;
    while (isRunning(await deps.engine.inspect(container.id))) {
      if (deps.clock.monotonic() > deadline) return;
      await deps.clock.sleep(pollMs);
    }
  } catch (error) {
    if (!isErrorCode(error, "CONTAINER_MISSING")) throw error;
  }
}

/**
 * A stop goes on in the engine although its run is dead: starting before it ends would be in vain.
 */
export async function awaitPendingStops(entry: JournalEntry, deps: PendingDeps): Promise<void> {
  await Promise.all(entry.containers.map((c) => waitWhileStopping(c, entry, deps)));
}
