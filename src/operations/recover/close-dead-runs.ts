import type { RunRecord } from "../../ports/history.ts";
import type { Deps } from "../context.ts";

/** Verifications hold no lock; none takes longer than this. */
const longestVerificationMs = 24 * 3600 * 1000;

async function lives(run: RunRecord, deps: Deps): Promise<boolean> {
  if (run.operation === "verify") {
    return deps.clock.now().getTime() - Date.parse(run.startedAt) < longestVerificationMs;
  }
  const holders = await Promise.all(run.units.map((unit) => deps.locks.holder(`unit/${unit}`)));
  return holders.some((holder) => holder !== undefined);
}

/** Runs that are noted as running and hold the lock of none of their units have died. */
export async function closeDeadRuns(deps: Deps): Promise<void> {
  const running = deps.history.runs({ limit: 100 }).filter((run) => run.status === "running");
  if (running.length === 0) return;
  const alive = new Set<string>();
  for (const run of running) if (await lives(run, deps)) alive.add(run.runId);
  deps.history.closeDeadRuns((runId) => alive.has(runId));
}
