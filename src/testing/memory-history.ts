import type { History, RunRecord, Verification } from "../ports/history.ts";

/** Keeps runs and verifications in memory, oldest first, for tests to look at. */
export function createMemoryHistory(): History & {
  readonly recordedRuns: readonly RunRecord[];
  readonly recordedVerifications: readonly Verification[];
} {
  const runs: RunRecord[] = [];
  const verifications: Verification[] = [];
  return {
    recordedRuns: runs,
    recordedVerifications: verifications,
    startRun: (run) => void runs.push(run),
    finishRun: (run) => runs.push(run) > 0,
    runs: ({ unit }) =>
      runs.filter((run) => unit === undefined || run.units.includes(unit)).toReversed(),
    closeDeadRuns: () => undefined,
    recordOutcome: () => true,
    outcomes: () => [],
    recordVerification: (verification) => void verifications.push(verification),
    verifications: (unit) =>
      verifications.filter((each) => unit === undefined || each.unit === unit).toReversed(),
  };
}
