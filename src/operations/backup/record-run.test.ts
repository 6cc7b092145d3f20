import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createHistory } from "../../adapters/sqlite/history.ts";
import { createSystemClock } from "../../adapters/system-clock/system-clock.ts";
import { backupExitCode } from "../../domain/exit-code.ts";
import type { BackupResult } from "../../domain/results.ts";
import { temporaryDirectory } from "../../testing/points.ts";
import { recordRun } from "./record-run.ts";
import { blankUnitResult } from "./unit-result.ts";

async function endedRun(stateDir: string, status: "succeeded" | "failed") {
  const warnings: string[] = [];
  const history = createHistory({ stateDir, onWarning: (text) => warnings.push(text) });
  const deps = { history, clock: createSystemClock() } as never;
  const context = { runId: "run-1", emit: () => {} } as never;
  const shop = { unit: "shop", kind: "stack", scope: "standard", quiesce: "stop" } as const;
  const result = {
    status,
    backupId: "2026-11-20T02-00-00Z",
    finishedAt: "2026-11-20T02:00:10.000Z",
    units: [{ ...blankUnitResult(shop), status }],
  } as unknown as BackupResult;
  const run = { startedAt: "2026-11-20T02:00:00.000Z" } as never;
  const ended = recordRun({ trigger: "manual" }, run, [], deps, context)(result);
  history[Symbol.dispose]();
  return { ended, warnings, result };
}

test("a run that the history has ends as it ended", async () => {
  await using directory = await temporaryDirectory();
  const { ended, warnings, result } = await endedRun(directory.path, "succeeded");
  expect({ ended, warnings }).toEqual({ ended: result, warnings: [] });
});

test.each(["succeeded", "failed"] as const)(
  "a run that %s says what is lost where the history cannot be written",
  async (status) => {
    await using directory = await temporaryDirectory();
    const plain = join(directory.path, "plain");
    await writeFile(plain, "");
    const { ended } = await endedRun(plain, status);
    const expected = status === "failed" ? "failed" : "warning";
    expect(ended).toMatchObject({ status: expected, units: [{ status: expected }] });
    expect(ended.units[0]?.warnings).toEqual([expect.stringContaining("known gaps for new")]);
    if (status === "succeeded") expect(backupExitCode(ended)).toBe(3);
  },
);
