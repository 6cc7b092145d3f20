import type { RunStatus } from "../events/event.ts";

export interface RunRecord {
  readonly runId: string;
  readonly operation: string;
  readonly trigger: string;
  readonly status: RunStatus | "running";
  readonly startedAt: string;
  readonly finishedAt?: string;
  readonly units: readonly string[];
  /** The document of the run, as `--json` prints it. */
  readonly result?: unknown;
}

export interface UnitOutcome {
  readonly runId: string;
  readonly unit: string;
  readonly backupId: string;
  readonly status: RunStatus;
  readonly at: string;
  readonly downtimeMs: number;
  readonly durationMs: number;
  readonly bytes: number;
  readonly storedBytes: number;
  readonly gaps: readonly string[];
}

export interface Verification {
  readonly repository: string;
  readonly host: string;
  readonly unit: string;
  readonly backupId: string;
  readonly at: string;
  readonly ok: boolean;
  readonly deep: boolean;
}

/**
 * What happened here. It can be lost and rebuilt: no backup or restore depends on it. What cannot
 * be noted is a warning; `finishRun` and `recordOutcome` also give back whether it was.
 */
export interface History {
  startRun(run: RunRecord): void;
  finishRun(run: RunRecord): boolean;
  /** Newest first. Runs whose process died are `failed` once `closeDeadRuns` saw them. */
  runs(filter: { readonly unit?: string; readonly limit?: number }): RunRecord[];
  closeDeadRuns(isAlive: (runId: string) => boolean): void;
  recordOutcome(outcome: UnitOutcome): boolean;
  /** Newest first. */
  outcomes(unit: string, limit: number): UnitOutcome[];
  recordVerification(verification: Verification): void;
  /** What is stored under the point's name from now on is another point. */
  forgetVerifications(point: Omit<Verification, "at" | "ok" | "deep">): void;
  verifications(unit?: string): Verification[];
}
