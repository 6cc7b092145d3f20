import { isRunning } from "../../domain/unit.ts";
import { messageOf } from "../../errors.ts";
import type { Emit } from "../../events/event.ts";
import type { Capture, Swap } from "../../ports/capture.ts";
import type { Engine } from "../../ports/engine.ts";
import type { JournalEntry } from "../../ports/journal.ts";
import { inspectAll } from "../inspect-all.ts";
import type { PutBackDeps } from "./put-back.ts";
import { removeProject } from "./remove-project.ts";
import { suspendPolicies } from "./restart-policies.ts";
import { whileMounted } from "./while-mounted.ts";

/** A container that runs holds the directories it was started with, so it would keep the new data. */
async function stopWhatRuns(entry: JournalEntry, deps: PutBackDeps): Promise<void> {
  const ids = entry.containers.filter((c) => !c.follower).map((c) => c.id);
  const running = (await inspectAll(ids, deps.engine)).filter(isRunning);
  const patience = new Map(entry.containers.map((c) => [c.id, c.stopTimeout]));
  await Promise.all(
    running.map((c) =>
      deps.engine.stop(c.id, Math.max(patience.get(c.id) ?? 0, c.stopTimeout ?? 10)),
    ),
  );
}

const mountPoints = (swaps: readonly Swap[]) =>
  swaps.filter(({ children }) => children).map(({ target }) => target);

/**
 * Brings the data from before a restore back, the last swap first. What was staged lies there
 * still: it is removed when everything runs again, since that may take long.
 */
export async function rollBackSwaps(entry: JournalEntry, deps: PutBackDeps): Promise<void> {
  const isBegun =
    entry.swaps.length > 0 || entry.containers.some(({ created }) => created === true);
  if (!isBegun) return;
  if (entry.creates !== undefined) await removeProject(entry.creates, deps.engine);
  await suspendPolicies(entry.containers, deps.engine);
  await stopWhatRuns(entry, deps);
  await whileMounted(mountPoints(entry.swaps), deps, async () => {
    for (const swap of [...entry.swaps].reverse()) await deps.capture.undo(swap);
  });
}

/**
 * Removes what a restore staged; of a project that it made also what was there before the swaps,
 * which came with its image. What cannot be removed is named, and stands in nobody's way.
 */
export async function discardStaged(
  { unit, swaps, stages, creates }: Pick<JournalEntry, "unit" | "swaps" | "stages" | "creates">,
  { capture, engine }: { readonly capture: Capture; readonly engine: Pick<Engine, "volumes"> },
  { emit }: { readonly emit: Emit },
): Promise<void> {
  for (const swap of [...swaps, ...stages]) {
    try {
      await whileMounted(mountPoints([swap]), { capture, engine }, () =>
        creates === undefined ? capture.discard(swap) : capture.forget(swap),
      );
    } catch (error) {
      const message = messageOf(error);
      emit({ type: "warning", unit, message });
    }
  }
}
