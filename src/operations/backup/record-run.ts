import type { BackupResult, UnitResult } from "../../domain/results.ts";
import type { Unit } from "../../domain/unit.ts";
import { asStackholdError } from "../../errors.ts";
import type { Context, Deps } from "../context.ts";
import type { Run } from "./run.ts";

function sum(unit: UnitResult, key: "bytes" | "storedBytes"): number {
  return unit.parts.reduce((total, part) => total + part[key], 0);
}

/** The next run compares with this one's gaps: without them it could not tell which are new. */
const notNoted = "how it went was not noted in the history: the next run takes known gaps for new";

/**
 * Notes the run as running; the function it gives back notes how it ended, and gives back the
 * result with a warning where that could not be done.
 */
export function recordRun(
  input: { readonly trigger: string },
  run: Run,
  units: readonly Unit[],
  deps: Deps,
  context: Context,
): (result: BackupResult) => BackupResult {
  const common = {
    runId: context.runId,
    operation: "backup",
    trigger: input.trigger,
    startedAt: run.startedAt,
    units: units.map((unit) => unit.name),
  };
  deps.history.startRun({ ...common, status: "running" });
  return (result) => {
    const units = result.units.map((unit) => (noteUnit(unit, result) ? unit : unnoted(unit)));
    const status = units.some((unit) => unit.status === "warning") ? worse(result) : result.status;
    const told = { ...result, units, status };
    const { finishedAt } = result;
    const run = { ...common, status, finishedAt, result: told };
    return attempt(() => deps.history.finishRun(run)) ? told : { ...told, status: worse(told) };
  };

  function noteUnit(unit: UnitResult, { backupId, finishedAt }: BackupResult): boolean {
    const outcome = {
      runId: context.runId,
      unit: unit.unit,
      backupId,
      status: unit.status,
      at: finishedAt,
      downtimeMs: unit.downtimeMs,
      durationMs: unit.durationMs,
      bytes: sum(unit, "bytes"),
      storedBytes: sum(unit, "storedBytes"),
      gaps: unit.coverage.gaps.map((gap) => gap.what),
    };
    return attempt(() => deps.history.recordOutcome(outcome));
  }

  /** The points are there: what cannot be noted is no reason to call them lost. */
  function attempt(note: () => boolean): boolean {
    try {
      return note();
    } catch (error) {
      context.emit({ type: "warning", message: asStackholdError(error).message });
      return false;
    }
  }
}

function unnoted(unit: UnitResult): UnitResult {
  const status = unit.status === "succeeded" ? "warning" : unit.status;
  return { ...unit, status, warnings: [...unit.warnings, notNoted] };
}

function worse({ status }: BackupResult): BackupResult["status"] {
  return status === "succeeded" ? "warning" : status;
}
