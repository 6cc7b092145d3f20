import { expect, test } from "vitest";
import type { PointSummary } from "../../ports/repository.ts";
import { judge } from "./judge.ts";

function point(backupId: string, over: Partial<PointSummary> = {}): PointSummary {
  return {
    ...{ host: "web01", unit: "shop", backupId, repository: "offsite" },
    createdAt: "2026-11-20T02:00:00.000Z",
    ...{ scope: "standard", kind: "stack", status: "complete", pinned: false },
    ...{ bytes: 1, storedBytes: 1, imageBytes: 0, warnings: 0 },
    ...over,
  };
}

const judging = {
  ruleFor: () => ({ retention: { latest: 1 }, timeZone: "UTC" }),
  verifications: [],
  now: new Date("2026-11-22T00:00:00Z"),
};

test("what another program wrote stays, and takes no place from points of Stackhold", () => {
  const own = ["2026-11-19T02-00-00Z", "2026-11-20T02-00-00Z"].map((id) => point(id));
  const createdAt = "2026-11-21T12:00:00.000Z";
  const theirs = ["f0a9", "0c1d"].map((id) => point(id, { writtenBy: "kopi-docka", createdAt }));
  const verdicts = judge([...theirs, ...own], judging);
  expect(
    verdicts.map(({ point: { backupId }, keep, reason }) => [backupId.slice(0, 10), keep, reason]),
  ).toEqual([
    ["2026-11-20", true, "newest good point, latest 1 of 1"],
    ["2026-11-19", false, "not among latest 1"],
    ["f0a9", true, "written by Kopi-Docka"],
    ["0c1d", true, "written by Kopi-Docka"],
  ]);
});
