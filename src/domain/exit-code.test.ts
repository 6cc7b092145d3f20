import { expect, it } from "vitest";
import type { ErrorCode } from "../errors.ts";
import { backupExitCode } from "./exit-code.ts";
import type { UnitResult } from "./results.ts";

const unit = (code?: ErrorCode): UnitResult => ({
  unit: "shop",
  kind: "stack",
  status: code === undefined ? "succeeded" : "failed",
  scope: "standard",
  quiesce: "stop",
  freeze: "none",
  downtimeMs: 0,
  readyMs: 0,
  durationMs: 0,
  repositories: [],
  parts: [],
  coverage: { protected: [], excluded: [], gaps: [] },
  warnings: [],
  ...(code === undefined ? {} : { error: { code, class: "environment", message: "m" } }),
});

it("is 4 when any unit is down, whatever else happened", () => {
  expect(
    backupExitCode({ status: "cancelled", units: [unit("NO_SPACE"), unit("LEFT_DOWN")] }),
  ).toBe(4);
});

it("is the failure's own code for a single unit, and 1 among several", () => {
  expect(backupExitCode({ status: "failed", units: [unit("REPOSITORY_UNUSABLE")] })).toBe(10);
  expect(backupExitCode({ status: "failed", units: [unit("REPOSITORY_UNUSABLE"), unit()] })).toBe(
    1,
  );
});

it("promises that nothing was stopped only where that is so", () => {
  const stopped = { ...unit("REPOSITORY_UNUSABLE"), downtimeMs: 900 };
  expect(backupExitCode({ status: "failed", units: [stopped] })).toBe(1);
  const refused = { ...unit("WRONG_CREDENTIALS"), downtimeMs: 900 };
  expect(backupExitCode({ status: "failed", units: [refused] })).toBe(12);
});

it("is 130 when cancelled, 3 with warnings, else 0", () => {
  expect(backupExitCode({ status: "cancelled", units: [unit("CANCELLED")] })).toBe(130);
  expect(backupExitCode({ status: "warning", units: [unit()] })).toBe(3);
  expect(backupExitCode({ status: "succeeded", units: [unit()] })).toBe(0);
});
