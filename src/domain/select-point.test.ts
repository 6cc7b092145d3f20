import { expect, test } from "vitest";
import { StackholdError } from "../errors.ts";
import { newestFirst, resolvePoint } from "./select-point.ts";

const points = [
  { backupId: "2026-11-19T02-00-00Z" },
  { backupId: "2026-11-20T02-00-00Z" },
  { backupId: "2026-11-20T14-30-10Z" },
  { backupId: "2026-11-21T02-00-00Z", status: "damaged" as const },
];

function refusal(at: string, of: typeof points = points): StackholdError {
  try {
    resolvePoint(at, of);
  } catch (thrown) {
    if (thrown instanceof StackholdError) return thrown;
  }
  throw new Error(`${at} was not refused`);
}

test.each([
  ["latest", "2026-11-20T14-30-10Z"],
  ["2026-11-19T02-00-00Z", "2026-11-19T02-00-00Z"],
  ["2026-11-20T02:00:00Z", "2026-11-20T02-00-00Z"],
  ["2026-11-20T02:59:59.5+01:00", "2026-11-19T02-00-00Z"],
  ["2026-11-20T03:00:00+01:00", "2026-11-20T02-00-00Z"],
  ["2026-11-20 02:00:00z", "2026-11-20T02-00-00Z"],
  ["2026-11-20 14:29", "2026-11-20T02-00-00Z"],
  ["2026-11-20T14:30", "2026-11-20T14-30-10Z"],
  ["2026-11-20", "2026-11-20T14-30-10Z"],
  ["2026-11-19", "2026-11-19T02-00-00Z"],
  ["2030-01-01", "2026-11-20T14-30-10Z"],
])("--at %s is %s", (at, backupId) => {
  expect(resolvePoint(at, points).backupId).toBe(backupId);
});

test("a damaged point is chosen only by its own id", () => {
  expect(resolvePoint("2026-11-21T02-00-00Z", points).status).toBe("damaged");
});

test("a point that is not there is refused with those that are", () => {
  const error = refusal("2026-11-18T02-00-00Z");
  expect(error.code).toBe("UNKNOWN_POINT");
  expect(error.hint).toContain("2026-11-21T02-00-00Z, 2026-11-20T14-30-10Z");
  expect(refusal("2026-11-18").code).toBe("UNKNOWN_POINT");
  expect(refusal("latest", []).hint).toContain("run a backup");
});

test.each(["", "yesterday", "2026-02-30", "2026-11-20 25:00", "2026-11-20T02:00:00", "20261120"])(
  "%j is refused as a time",
  (at) => {
    expect(refusal(at).code).toBe("USAGE");
  },
);

test("points whose ids are no times are chosen by when they were made", () => {
  const others = [
    { backupId: "f0a9", createdAt: "2026-11-18T02:00:00.000Z" },
    { backupId: "0c1d", createdAt: "2026-11-20T12:00:00.000Z" },
  ];
  const all = [...points.slice(0, 2), ...others];
  expect(resolvePoint("latest", all).backupId).toBe("0c1d");
  expect(resolvePoint("f0a9", all).backupId).toBe("f0a9");
  expect(resolvePoint("2026-11-18", all).backupId).toBe("f0a9");
  expect(resolvePoint("2026-11-20 11:59", all).backupId).toBe("2026-11-20T02-00-00Z");
  expect(all.toSorted(newestFirst).map(({ backupId }) => backupId.slice(0, 10))).toEqual([
    ...["0c1d", "2026-11-20", "2026-11-19", "f0a9"],
  ]);
});
