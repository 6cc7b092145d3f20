import { expect, test } from "vitest";
import type { RestoreResult } from "../../domain/results.ts";
import { restoreQuestion, restoreText } from "./restore-text.ts";

const result = {
  schemaVersion: 1,
  unit: "shop",
  backupId: "2026-11-20T02-00-00Z",
  repository: "local",
  target: "in-place",
  dryRun: false,
  status: "succeeded",
  startedAt: "2026-11-20T03:00:00.000Z",
  finishedAt: "2026-11-20T03:00:01.000Z",
  downtimeMs: 0,
  parts: [],
  running: false,
  healthy: false,
  warnings: [],
} as const;

test("whether a unit is ready again is said the same way with and without health checks", () => {
  const lasting = { ...result, running: true, downtimeMs: 600 };
  const told = (healthy: boolean) => restoreText({ ...lasting, healthy } as never).split("\n")[1];
  expect(told(true)).toBe("It runs again and is ready; it was down for 0.6 s.");
  expect(told(false)).toBe("It runs again; it was down for 0.6 s.");
});

test("of a unit that was not running it says nothing of an outage", () => {
  const told = restoreText({ ...result, running: true, healthy: true } as never).split("\n")[1];
  expect(told).toBe("It runs and is ready; nothing had to be stopped.");
});

test("of scripts it says where they are, how they are run, and that they are private", () => {
  const written: RestoreResult = {
    ...result,
    target: "script:/root/my shop",
    parts: [],
    warnings: [],
  };
  const text = restoreText({ ...written, files: ["restore.sh"] });
  expect(text.split("\n")).toEqual([
    expect.stringContaining("shop: the point 2026-11-20T02-00-00Z (local) is in /root/my shop"),
    expect.stringContaining("`sh '/root/my shop/restore.sh'`"),
    expect.stringContaining("private"),
  ]);
  expect(text).toContain("does it all.\n");
  const lone = restoreText({ ...written, files: ["containers.txt", "restore.sh"] });
  expect(lone).toContain("but for making a container that is gone: containers.txt says how");
});

test("what a point lacks is told by a dry run and before the question", () => {
  const warnings = ["volume:log is not restored"];
  expect(
    restoreText({ ...result, parts: [], dryRun: true, actions: ["act"], warnings }).split("\n"),
  ).toEqual([
    "act",
    "warning: volume:log is not restored",
    "This was a dry run: nothing was changed.",
  ]);
  const { unit, backupId, repository } = result;
  const none = { stops: [], conflicts: [], recreates: [] };
  const look = { data: "", now: new Date("2026-11-20T09:00:00Z") };
  const question = restoreQuestion({ unit, backupId, repository, warnings, ...none }, look);
  expect(question.split("\n")[0]).toBe("warning: volume:log is not restored");
  expect(question.split("\n")[1]).toContain("Replace the data of shop");
});

test("the question says when nothing is there to be replaced", () => {
  const { unit, backupId, repository } = result;
  const preview = { unit, backupId, repository, warnings: [], conflicts: [], recreates: [] };
  const look = { data: "", now: new Date("2026-11-20T09:00:00Z") };
  expect(restoreQuestion({ ...preview, stops: [], replaces: false }, look)).toBe(
    "Bring the data of shop back from the point 2026-11-20T02-00-00Z (7 hours old, in local)? Nothing is there now that it would replace.",
  );
  expect(restoreQuestion({ ...preview, stops: ["shop-web-1"], replaces: true }, look)).toBe(
    "Replace the data of shop with the point 2026-11-20T02-00-00Z (7 hours old, in local)? shop-web-1 stops; what is there now is kept as a safety copy.",
  );
});
