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
    forgetVerifications: (point) => {
      const isOther = (each: Verification) =>
        Object.entries(point).some(([key, value]) => each[key as keyof typeof point] !== value);
      verifications.splice(0, Infinity, ...verifications.filter(isOther));
    },
    verifications: (unit) =>
      verifications.filter((each) => unit === undefined || each.unit === unit).toReversed(),
  };
}
