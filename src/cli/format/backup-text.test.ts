import { expect, it } from "vitest";
import type { BackupResult, UnitResult } from "../../domain/results.ts";
import { backupText } from "./backup-text.ts";

const unit: UnitResult = {
  unit: "wp",
  kind: "stack",
  status: "failed",
  scope: "standard",
  quiesce: "stop",
  freeze: "none",
  downtimeMs: 0,
  readyMs: 0,
  durationMs: 5000,
  repositories: [],
  parts: [],
  coverage: { protected: [], excluded: [], gaps: [] },
  warnings: [],
};

const textOf = (more: Partial<UnitResult>) => {
  const retention = { deleted: 0, freedBytes: 0 };
  const units = [{ ...unit, ...more }];
  const result = { backupId: "b", units, repositories: [], retention };
  return backupText(result as unknown as BackupResult).split("\n")[0];
};

const error = (code: string) => ({ code, class: "environment", message: "no" });

it.each([
  ["not stopped", { error: error("BACKUP_FAILED") }],
  ["NOT RUNNING AGAIN", { error: error("LEFT_DOWN") }],
  ["down for 2.0 s", { error: error("LEFT_DOWN"), downtimeMs: 2000 }],
])("says of a unit that failed: %s", (words, more) => {
  expect(textOf(more)).toBe(`wp: FAILED, no restore point, ${words}, 5.0 s in all`);
});

it("says what a saved point takes, with the images that it keeps", () => {
  const repositories = [
    { name: "away", status: "failed" as const, storedBytes: 0 },
    { name: "local", status: "succeeded" as const, storedBytes: 5_000_000 },
  ];
  const part = {
    kind: "volume" as const,
    name: "data",
    source: "wp_data",
    files: 3,
    deltaBytes: 0,
  };
  const parts = [{ ...part, bytes: 2_000_000, storedBytes: 1_000_000 }];
  expect(textOf({ status: "succeeded", repositories, parts })).toBe(
    "wp: ok, 2.0 MB in 3 entries, stored in 5.0 MB, not stopped, 5.0 s in all",
  );
});
