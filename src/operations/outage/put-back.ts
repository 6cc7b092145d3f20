import { isErrorCode } from "../../errors.ts";
import type { Capture } from "../../ports/capture.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Composer } from "../../ports/composer.ts";
import type { Engine } from "../../ports/engine.ts";
import type { JournalEntry } from "../../ports/journal.ts";
import { removeCreated } from "./remove-created.ts";
import { restorePolicies } from "./restart-policies.ts";
import { type StartFailure, type StartOutcome, startContainers } from "./start-containers.ts";
import { undoNetworks } from "./undo-networks.ts";
import { unmountLeft } from "./while-mounted.ts";

export interface PutBackDeps {
  readonly engine: Engine;
  readonly composer: Composer;
  readonly capture: Capture;
  readonly clock: Clock;
  /** The work goes on. */
  readonly onStep?: () => void;
}

/**
 * Makes run again what the journal says ran: the one way back for runs, guard and `recover`.
 * Whatever fails is in the outcome, so that it keeps nothing else down.
 */
export async function putBack(entry: JournalEntry, deps: PutBackDeps): Promise<StartOutcome> {
  const { compose, containers } = entry;
  const before = [
    ...(await failureOf(entry.unit, () => unmountLeft(entry, deps))),
    ...(await failureOf(entry.unit, async () => {
      if (compose !== undefined) await deps.composer.create(compose.project, compose.services);
    })),
    ...(await undoNetworks(entry.networks ?? [], deps.engine)),
    ...(await failureOf(entry.unit, () => restorePolicies(containers, deps.engine))),
  ];
  const way = entry.quiesce === "pause" ? "unpause" : "start";
  const { started, failed } = await startContainers(containers, way, deps);
  before.push(...(await failureOf(entry.unit, () => removeCreated(containers, deps.engine))));
  if (before.length === 0) return { started, failed };
  const told = failed.filter(({ error }) => !isErrorCode(error, "CONTAINER_MISSING"));
  return { started, failed: [...before, ...told] };
}

async function failureOf(name: string, work: () => Promise<void>): Promise<StartFailure[]> {
  try {
    await work();
    return [];
  } catch (error) {
    return [{ name, error }];
  }
}
