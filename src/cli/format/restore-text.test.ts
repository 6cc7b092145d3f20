import { expect, test } from "vitest";
import type { RestoreResult } from "../../domain/results.ts";
import { restoreText } from "./restore-text.ts";

test("of scripts it says where they are, how they are run, and that they are private", () => {
  const result: RestoreResult = {
    schemaVersion: 1,
    unit: "shop",
    backupId: "2026-11-20T02-00-00Z",
    repository: "local",
    target: "script:/root/my shop",
    dryRun: false,
    status: "succeeded",
    startedAt: "2026-11-20T03:00:00.000Z",
    finishedAt: "2026-11-20T03:00:01.000Z",
    downtimeMs: 0,
    parts: [],
    running: false,
    healthy: false,
    files: ["restore.sh"],
    warnings: [],
  };
  const text = restoreText(result);
  expect(text.split("\n")).toEqual([
    expect.stringContaining("shop: the point 2026-11-20T02-00-00Z (local) is in /root/my shop"),
    expect.stringContaining("`sh '/root/my shop/restore.sh'`"),
    expect.stringContaining("private"),
  ]);
  expect(text).toContain("does it all.\n");
  const lone = restoreText({ ...result, files: ["containers.txt", "restore.sh"] });
  expect(lone).toContain("but for making a container that is gone: containers.txt says how");
});
