import type { BackupResult, UnitResult } from "../../domain/results.ts";
import type { Unit } from "../../domain/unit.ts";
import { asStackholdError } from "../../errors.ts";
import type { Context, Deps } from "../context.ts";
import type { Run } from "./run.ts";

function sum(unit: UnitResult, key: "bytes" | "storedBytes"): number {
  return unit.parts.reduce((total, part) => total + part[key], 0);
}

/** Notes the run as running; the function it gives back notes how it ended. */
export function recordRun(
  input: { readonly trigger: string },
  run: Run,
  units: readonly Unit[],
  deps: Deps,
  context: Context,
): (result: BackupResult) => void {
  const common = {
    runId: context.runId,
    operation: "backup",
    trigger: input.trigger,
    startedAt: run.startedAt,
    units: units.map((unit) => unit.name),
  };
  deps.history.startRun({ ...common, status: "running" });
  return (result) => {
    try {
      note(result);
    } catch (error) {
      // The points are there: what cannot be noted is no reason to call them lost.
      context.emit({ type: "warning", message: asStackholdError(error).message });
    }
  };

  function note(result: BackupResult): void {
    const { status, finishedAt } = result;
    for (const unit of result.units) {
      deps.history.recordOutcome({
        runId: context.runId,
        unit: unit.unit,
        backupId: result.backupId,
        status: unit.status,
        at: finishedAt,
        downtimeMs: unit.downtimeMs,
        durationMs: unit.durationMs,
        bytes: sum(unit, "bytes"),
        storedBytes: sum(unit, "storedBytes"),
        gaps: unit.coverage.gaps.map((gap) => gap.what),
      });
    }
    deps.history.finishRun({ ...common, status, finishedAt, result });
  }
}
