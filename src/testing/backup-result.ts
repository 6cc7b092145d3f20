import type { BackupResult, UnitResult } from "../domain/results.ts";

export function aUnitResult(more: Partial<UnitResult> = {}): UnitResult {
  return {
    unit: "shop",
    kind: "stack",
    status: "succeeded",
    scope: "standard",
    quiesce: "stop",
    freeze: "two-phase",
    downtimeMs: 400,
    readyMs: 900,
    durationMs: 5000,
    repositories: [{ name: "local", status: "succeeded", storedBytes: 1 }],
    parts: [],
    coverage: { protected: [], excluded: [], gaps: [] },
    warnings: [],
    ...more,
  };
}

export function aBackupResult(units: UnitResult[]): BackupResult {
  return {
    schemaVersion: 1,
    runId: "run-1",
    backupId: "2026-11-20T02-00-00Z",
    host: "web01",
    trigger: "manual",
    dryRun: false,
    status: "succeeded",
    startedAt: "2026-11-20T02:00:00.000Z",
    finishedAt: "2026-11-20T02:00:05.000Z",
    units,
    repositories: [],
    retention: { deleted: 0, freedBytes: 0 },
  };
}
