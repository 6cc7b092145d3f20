import type { Operation, RunStatus } from "../../events/event.ts";
import type { Context, Deps } from "../context.ts";

/** Notes the run as running; the function it gives back notes how it ended. */
export function recordPointsRun(
  run: {
    readonly operation: Operation;
    readonly trigger: string;
    readonly units: readonly string[];
  },
  { history, clock }: Pick<Deps, "history" | "clock">,
  { runId }: Pick<Context, "runId">,
): (status: RunStatus, result?: unknown) => void {
  const startedAt = clock.now().toISOString();
  const record = { runId, ...run, startedAt };
  history.startRun({ ...record, status: "running" });
  return (status, result) => {
    const finishedAt = clock.now().toISOString();
    history.finishRun({
      ...record,
      status,
      finishedAt,
      ...(result === undefined ? {} : { result }),
    });
  };
}
