import { expect, it } from "vitest";
import type { RunRecord } from "../../ports/history.ts";
import { aBackupResult, aUnitResult } from "../../testing/backup-result.ts";
import { width } from "./clip.ts";
import { runsText } from "./runs-text.ts";

const look = { now: new Date(), logDir: "/var/log/stackhold" };

const run: RunRecord = {
  runId: "run-1",
  operation: "backup",
  trigger: "manual",
  status: "succeeded",
  startedAt: "2026-11-20T02:00:00.000Z",
  finishedAt: "2026-11-20T02:01:30.000Z",
  units: ["shop", "blog"],
  result: aBackupResult([aUnitResult(), aUnitResult({ unit: "blog", downtimeMs: 1200 })]),
};

it("runs have a table with the time they took and the longest downtime", () => {
  expect(runsText([run], look).split("\n")).toEqual([
    "STARTED (UTC)     OPERATION  UNITS       STATUS           TIME   DOWN",
    "2026-11-20 02:00  backup     shop, blog  succeeded  1 min 30 s  1.2 s",
  ]);
});

it("restores are told apart by where to", () => {
  const restore = (target: string): RunRecord => ({
    ...run,
    operation: "restore",
    result: { target },
  });
  const targets = ["in-place", "directory:/srv/a:b", "project:copy", "script:/root/shop"];
  const [, ...rows] = runsText(targets.map(restore), look).split("\n");
  const shown = rows.map((row) => row.split(/ {2,}/)[1]);
  expect(shown).toEqual([
    "restore in-place",
    "restore directory",
    "restore project",
    "restore script",
  ]);
  const older = { ...run, operation: "restore", result: undefined };
  expect(runsText([older], look)).toMatch(/ restore {2,}shop/);
});

it("a run that did not go well says why, or where to read it", () => {
  const failed = aUnitResult({
    status: "failed",
    error: { code: "NO_SPACE", class: "environment", message: "the disk is full" },
    warnings: ["the label was not read"],
  });
  const lines = runsText(
    [
      { ...run, status: "failed", result: aBackupResult([failed]) },
      { ...run, operation: "restore", status: "failed", result: { error: { message: "no tar" } } },
      { ...run, operation: "verify", status: "failed", result: undefined },
    ],
    look,
  ).split("\n");
  expect(lines.filter((line) => line.startsWith("  "))).toEqual([
    "  shop: the disk is full (and 1 more)",
    "  no tar",
    "  see its log in /var/log/stackhold",
  ]);
});

it("fits the terminal: units are cut with a mark, and the reason goes on in a further line", () => {
  const units = Array.from({ length: 12 }, (_, at) => `unit-${at}`);
  const message = "a long sentence ".repeat(10);
  const result = { error: { message } };
  const lines = runsText([{ ...run, status: "failed", units, result }], {
    ...look,
    columns: 80,
  }).split("\n");
  expect(Math.max(...lines.map(width))).toBeLessThanOrEqual(80);
  expect(lines[1]).toMatch(/^2026-11-20 02:00 {2}backup .*… {2}failed/);
  expect(lines.slice(2).join(" ").replaceAll(/ +/g, " ").trim()).toBe(message.trim());
});
