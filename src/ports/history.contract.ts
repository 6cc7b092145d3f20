import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { History, RunRecord, UnitOutcome, Verification } from "./history.ts";

export interface HistoryUnderTest {
  readonly history: History;
  cleanUp(): Promise<void>;
}

const run = (day: number, more: Partial<RunRecord> = {}): RunRecord => ({
  runId: `run-${day}`,
  operation: "backup",
  trigger: "manual",
  status: "running",
  startedAt: `2026-11-${day}T02:00:00.000Z`,
  units: ["wp", "db"],
  ...more,
});

const outcome = (day: number, unit = "wp"): UnitOutcome => ({
  runId: `run-${day}`,
  unit,
  backupId: `2026-11-${day}T02-00-00Z`,
  status: "succeeded",
  at: `2026-11-${day}T02:01:00.000Z`,
  downtimeMs: 412.5,
  durationMs: 12_000,
  bytes: 5_100_000_000_000,
  storedBytes: 812,
  gaps: ["volume:cache"],
});

const verification = (day: number, unit: string, ok: boolean): Verification => ({
  repository: "local",
  host: "web01",
  unit,
  backupId: "2026-11-19T02-00-00Z",
  at: `2026-11-${day}T03:00:00.000Z`,
  ok,
  deep: !ok,
});

/** What every History remembers, whoever implements it. */
export function historyContract(make: () => Promise<HistoryUnderTest>): void {
  describe("history", () => {
    let subject: HistoryUnderTest;
    let history: History;
    beforeEach(async () => {
      subject = await make();
      history = subject.history;
    });
    afterEach(() => subject.cleanUp());

    it("remembers a run from start to finish with its document", () => {
      history.startRun(run(20));
      expect(history.runs({})).toEqual([run(20)]);
      const finishedAt = "2026-11-20T02:03:00.000Z";
      const done = run(20, { status: "warning", finishedAt, result: { units: [{ a: null }] } });
      history.finishRun(done);
      expect(history.runs({})).toEqual([done]);
    });

    it("lists the newest runs first, of one unit, up to a limit", () => {
      history.startRun(run(21, { units: ["wp"] }));
      history.startRun(run(20));
      history.startRun(run(22, { units: ["other", "wp"] }));
      expect(history.runs({}).map((r) => r.runId)).toEqual(["run-22", "run-21", "run-20"]);
      expect(history.runs({ unit: "db" }).map((r) => r.runId)).toEqual(["run-20"]);
      expect(history.runs({ unit: "wp", limit: 2 }).map((r) => r.runId)).toEqual([
        "run-22",
        "run-21",
      ]);
    });

    it("fails the runs whose process is gone, and no other", () => {
      history.startRun(run(20));
      history.startRun(run(21));
      history.finishRun(run(22, { status: "succeeded" }));
      history.closeDeadRuns((runId) => runId === "run-21");
      expect(history.runs({}).map((r) => r.status)).toEqual(["succeeded", "running", "failed"]);
    });

    it("remembers what became of a unit, newest first", () => {
      for (const day of [20, 22, 21]) history.recordOutcome(outcome(day));
      history.recordOutcome(outcome(23, "db"));
      expect(history.outcomes("wp", 2)).toEqual([outcome(22), outcome(21)]);
      expect(history.outcomes("unknown", 5)).toEqual([]);
    });

    it("remembers verifications, newest first, of one unit or all", () => {
      const all = [verification(22, "wp", false), verification(21, "db", true)];
      for (const one of [...all].reverse()) history.recordVerification(one);
      expect(history.verifications()).toEqual(all);
      expect(history.verifications("db")).toEqual([all[1]]);
    });

    it("forgets the verifications of a point in one repository, and no other", () => {
      const { at: _, ok: __, deep: ___, ...point } = verification(22, "wp", true);
      const elsewhere = { ...verification(23, "wp", true), repository: "elsewhere" };
      const other = { ...verification(21, "wp", true), backupId: "2026-11-18T02-00-00Z" };
      const all = [other, verification(22, "wp", true), elsewhere];
      for (const each of all) history.recordVerification(each);
      history.forgetVerifications(point);
      expect(history.verifications("wp")).toEqual([elsewhere, other]);
    });
  });
}
