import fc from "fast-check";
import { expect, test } from "vitest";
import { formatBackupId, isBackupId, nextBackupId, parseBackupId } from "./backup-id.ts";

test("names the start of a run in UTC, without what is below a second", () => {
  expect(formatBackupId(new Date("2026-11-20T03:00:59.999+01:00"))).toBe("2026-11-20T02-00-59Z");
});

test("reads back every second it wrote, and sorts as time does", () => {
  const second = fc.integer({ min: 0, max: 4_000_000_000 });
  fc.assert(
    fc.property(second, second, (a, b) => {
      const [idA, idB] = [formatBackupId(new Date(a * 1000)), formatBackupId(new Date(b * 1000))];
      expect(parseBackupId(idA)?.getTime()).toBe(a * 1000);
      expect(idA < idB).toBe(a < b);
    }),
  );
});

test.each([
  "",
  "latest",
  "2026-11-20",
  "2026-11-20T02:00:00Z",
  "2026-13-01T00-00-00Z",
  "2026-02-30T00-00-00Z",
  "2026-11-20T24-00-00Z",
  "2026-11-20T02-00-00Z\n",
  "../2026-11-20T02-00-00Z",
])("does not take %j for a backup id", (text) => {
  expect(isBackupId(text)).toBe(false);
});

test("takes the current second when it is free", () => {
  const now = new Date("2026-11-20T02:00:00.400Z");
  expect(nextBackupId(now, () => false)).toEqual({ backupId: "2026-11-20T02-00-00Z", waitMs: 0 });
});

test("waits for the next second that is free", () => {
  const taken = new Set(["2026-11-20T02-00-00Z", "2026-11-20T02-00-01Z"]);
  const now = new Date("2026-11-20T02:00:00.400Z");
  expect(nextBackupId(now, (id) => taken.has(id))).toEqual({
    backupId: "2026-11-20T02-00-02Z",
    waitMs: 1600,
  });
});
