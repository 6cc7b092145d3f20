import { describe, expect, it } from "vitest";
import type { Retention } from "../policy.ts";
import { decide, type KeepablePoint } from "./decide.ts";

const later = Date.parse("2030-01-01T00:00:00Z");

function point(time: string, over: Partial<KeepablePoint> = {}): KeepablePoint {
  const at = Date.parse(time.length === 10 ? `${time}T02:00:00Z` : time);
  return { backupId: time, at, status: "complete", pinned: false, checked: undefined, ...over };
}

/** `2026-11-20: daily 1 of 7` for what is kept, `- 2026-10-01: older than 28 days` for the rest. */
function told(
  points: readonly KeepablePoint[],
  retention: Retention,
  { timeZone = "UTC", now = later } = {},
): string[] {
  const decisions = decide(points, { retention, timeZone }, now);
  return decisions.map((d) => `${d.keep ? "" : "- "}${d.point.backupId}: ${d.reason}`);
}

it("keeps so many days back from the newest point, however long ago that was", () => {
  const points = ["2026-11-20", "2026-10-23", "2026-10-22"].map((time) => point(time));
  expect(told(points, { days: 28 })).toEqual([
    "2026-11-20: newest good point, within 28 days",
    "2026-10-23: within 28 days",
    "- 2026-10-22: older than 28 days",
  ]);
});

it("counts the newest points, and the newest of each period", () => {
  const times = ["2026-11-20", "2026-11-19T23:00:00Z", "2026-11-19", "2026-11-18", "2026-11-17"];
  expect(
    told(
      times.map((time) => point(time)),
      { latest: 2, daily: 3 },
    ),
  ).toEqual([
    "2026-11-20: newest good point, latest 1 of 2, daily 1 of 3",
    "2026-11-19T23:00:00Z: latest 2 of 2, daily 2 of 3",
    "- 2026-11-19: not among latest 2, daily 3",
    "2026-11-18: daily 3 of 3",
    "- 2026-11-17: not among latest 2, daily 3",
  ]);
});

it("loses nothing to a month in which nothing was stored", () => {
  const times = ["2026-11-20", "2026-10-12", "2026-10-11", "2026-10-10"];
  const decisions = decide(
    times.map((time) => point(time)),
    { retention: { daily: 4 }, timeZone: "UTC" },
    later,
  );
  expect(decisions.every(({ keep }) => keep)).toBe(true);
});

it("begins weeks on Mondays and goes by ISO weeks over the turn of a year", () => {
  const times = ["2027-01-04", "2027-01-03", "2027-01-01", "2026-12-28", "2026-12-27"];
  expect(
    told(
      times.map((time) => point(time)),
      { weekly: 3 },
    ).filter((line) => !line.startsWith("-")),
  ).toEqual([
    "2027-01-04: newest good point, weekly 1 of 3",
    "2027-01-03: weekly 2 of 3",
    "2026-12-27: weekly 3 of 3",
  ]);
});

describe("a time zone", () => {
  const points = ["2026-11-20T23:30:00Z", "2026-11-20T22:30:00Z"].map((time) => point(time));

  it("says where a day ends", () => {
    expect(told(points, { daily: 2 })).toContain("- 2026-11-20T22:30:00Z: not among daily 2");
    expect(told(points, { daily: 2 }, { timeZone: "Europe/Berlin" })).toEqual([
      "2026-11-20T23:30:00Z: newest good point, daily 1 of 2",
      "2026-11-20T22:30:00Z: daily 2 of 2",
    ]);
  });

  it("has two hours in the hour that an autumn night repeats", () => {
    const night = ["2026-10-25T01:30:00Z", "2026-10-25T00:30:00Z"].map((time) => point(time));
    expect(told(night, { hourly: 2 }, { timeZone: "Europe/Berlin" })[1]).toBe(
      "2026-10-25T00:30:00Z: hourly 2 of 2",
    );
  });

  it("makes no point older by changing its clocks, in autumn and in spring", () => {
    const keptAll = (newest: string, oldest: string) =>
      decide(
        [point(newest), point(oldest)],
        { retention: { days: 28 }, timeZone: "Europe/Berlin" },
        later,
      ).every(({ keep }) => keep);
    // Two o'clock in Berlin, before and after the change; then elapsed time to the second.
    expect(keptAll("2026-11-20T01:00:00Z", "2026-10-23T00:00:00Z")).toBe(true);
    expect(keptAll("2026-04-10T01:00:00Z", "2026-03-13T01:00:00Z")).toBe(true);
    expect(keptAll("2026-11-20T01:00:00Z", "2026-10-22T23:59:59Z")).toBe(false);
  });
});

describe("never goes", () => {
  it("what is pinned, the last verified point and the newest good one", () => {
    const points = [
      point("2026-11-20", { status: "damaged" }),
      point("2026-11-19"),
      point("2026-06-03", { checked: "good" }),
      point("2026-06-02", { checked: "good" }),
      point("2026-06-01", { pinned: true }),
    ];
    expect(told(points, { latest: 1 })).toEqual([
      "2026-11-20: damaged, latest 1 of 1",
      "2026-11-19: newest good point, latest 1 of 1",
      "2026-06-03: last verified point",
      "- 2026-06-02: not among latest 1",
      "2026-06-01: pinned",
    ]);
  });

  it("anything while no point is good, nor what a newer Stackhold wrote", () => {
    const damaged = ["2026-11-20", "2026-06-01"].map((time) => point(time, { status: "damaged" }));
    const newer = point("2026-05-01", { status: "newer" });
    expect(decide(damaged, { retention: { days: 1 }, timeZone: "UTC" }, later)).toMatchObject([
      { keep: true, reason: "there is no good point" },
      { keep: true, reason: "there is no good point" },
    ]);
    expect(told([point("2026-11-20"), newer], { days: 1 })[1]).toBe(
      "2026-05-01: written by a newer Stackhold",
    );
  });

  it("a point because of one that was made while the clock ran ahead", () => {
    const now = Date.parse("2026-11-20T12:00:00Z");
    const points = ["2037-01-01", "2026-11-20", "2026-11-19", "2026-11-10"].map((t) => point(t));
    expect(told(points, { days: 7 }, { now })).toEqual([
      "2037-01-01: newest good point, later than now: its clock ran ahead",
      "2026-11-20: newest good point, within 7 days",
      "2026-11-19: within 7 days",
      "- 2026-11-10: older than 7 days",
    ]);
  });
});

it("goes by the points alone when this moment's clock is behind all of them", () => {
  const points = ["2026-11-20", "2026-11-19", "2026-11-10"].map((time) => point(time));
  expect(told(points, { days: 7 }, { now: 0 })[2]).toBe("- 2026-11-10: older than 7 days");
});

it("takes a point that a check found bad for a damaged one, whatever it looks like", () => {
  const bad = { checked: "bad" } as const;
  const points = [
    point("2026-11-20", bad),
    point("2026-11-19"),
    point("2026-11-18"),
    point("2026-11-17", bad),
  ];
  expect(told(points, { latest: 1 })).toEqual([
    "2026-11-20: damaged, latest 1 of 1",
    "2026-11-19: newest good point, latest 1 of 1",
    "- 2026-11-18: not among latest 1",
    "- 2026-11-17: damaged, not among latest 1",
  ]);
  const allBad = points.map((each) => ({ ...each, ...bad }));
  expect(told(allBad, { latest: 1 }).every((line) => line.includes("no good point"))).toBe(true);
});

it("lets a damaged point go when a good one in its place would, and says that it was damaged", () => {
  const points = [
    point("2026-11-20"),
    point("2026-11-18", { status: "damaged" }),
    point("2026-11-17"),
    point("2026-11-16"),
    point("2026-11-15", { status: "damaged" }),
  ];
  expect(told(points, { daily: 2 })).toEqual([
    "2026-11-20: newest good point, daily 1 of 2",
    "2026-11-18: damaged, daily 2 of 2",
    "2026-11-17: daily 2 of 2",
    "- 2026-11-16: not among daily 2",
    "- 2026-11-15: damaged, not among daily 2",
  ]);
});
