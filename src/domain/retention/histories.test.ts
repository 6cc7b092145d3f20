import fc from "fast-check";
import { expect, it } from "vitest";
import type { Retention } from "../policy.ts";
import { type Decision, decide, type KeepablePoint } from "./decide.ts";

/*
 * The model: each point asks for itself, "how many periods of my kind are there after mine, and am
 * I the last of mine?", with names of periods that are written out from what a calendar shows.
 */

const zones = [
  "UTC",
  "Europe/Berlin",
  "Europe/Paris",
  "America/New_York",
  "America/St_Johns",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "Pacific/Apia",
] as const;

const calendars = new Map(
  zones.map((timeZone) => [
    timeZone as string,
    new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" }),
  ]),
);

/** `2026-11-20 02:00:00`, as clocks in the zone show it. */
function shown(at: number, timeZone: string): string {
  return calendars.get(timeZone)?.format(at) ?? "";
}

/** For a machine that is busy with other things. */
const timeoutMs = 120_000;

/** `2026-W47`, by the rule that a week belongs to the year of its Thursday. */
function isoWeek(date: string): string {
  const day = new Date(`${date}T12:00:00Z`);
  const weekday = day.getUTCDay() === 0 ? 7 : day.getUTCDay();
  const thursday = new Date(day.getTime() + (4 - weekday) * 86_400_000);
  const year = thursday.getUTCFullYear();
  const ordinal = Math.round((thursday.getTime() - Date.UTC(year, 0, 1, 12)) / 86_400_000);
  return `${year}-W${Math.floor(ordinal / 7) + 1}`;
}

function periodNames(at: number, timeZone: string) {
  const text = shown(at, timeZone);
  const date = text.slice(0, 10);
  const wall = Date.parse(`${text.replace(" ", "T")}Z`);
  return {
    wall,
    hourly: `${text.slice(0, 13)} at ${wall - at}`,
    daily: date,
    weekly: isoWeek(date),
    monthly: date.slice(0, 7),
    yearly: date.slice(0, 4),
  };
}

interface History {
  readonly points: readonly KeepablePoint[];
  readonly retention: Retention;
  readonly timeZone: string;
  readonly now: number;
}

function modelKeeps({ points, retention, timeZone, now }: History): Set<string> {
  const isAfter = (a: KeepablePoint, b: KeepablePoint) =>
    a.at > b.at || (a.at === b.at && a.backupId > b.backupId);
  const bad = (p: KeepablePoint) =>
    p.status === "damaged" || (p.status === "complete" && p.checked === "bad");
  const complete = points.filter((p) => p.status === "complete" && p.checked !== "bad");
  const notAhead = complete.filter((p) => p.at <= now);
  const counted = notAhead.length === 0 ? complete : notAhead;
  const names = new Map(points.map((p) => [p, periodNames(p.at, timeZone)]));
  const wallOf = (p: KeepablePoint) => names.get(p)?.wall ?? Number.NaN;

  function ruleKeeps(point: KeepablePoint, others: readonly KeepablePoint[]): boolean {
    const after = others.filter((other) => isAfter(other, point));
    if (retention.days !== undefined) {
      const span = retention.days * 24 * 60 * 60 * 1000;
      return after.every((p) => p.at - point.at <= span || wallOf(p) - wallOf(point) <= span);
    }
    if (after.length < (retention.latest ?? 0)) return true;
    return (["hourly", "daily", "weekly", "monthly", "yearly"] as const).some((period) => {
      const taken = new Set(after.map((other) => names.get(other)?.[period]));
      return !taken.has(names.get(point)?.[period]) && taken.size < (retention[period] ?? 0);
    });
  }

  const kept = points.filter((point) => {
    if (complete.length === 0 || point.pinned || point.status === "newer") return true;
    if (!bad(point) && !counted.includes(point)) return true;
    const rivals = counted.filter((other) => other !== point);
    if (ruleKeeps(point, rivals)) return true;
    if (bad(point)) return false;
    if (!complete.some((other) => isAfter(other, point))) return true;
    if (!rivals.some((other) => isAfter(other, point))) return true;
    const proven = ({ checked }: KeepablePoint) => checked === "good";
    return proven(point) && !rivals.some((other) => proven(other) && isAfter(other, point));
  });
  return new Set(kept.map((point) => point.backupId));
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const schedules = fc.constantFrom(day, day, 23 * hour, 25 * hour, hour, 30 * minute, 7 * day);

/** From one point to the next; null: as scheduled. Gaps, the same instant, clocks that are set. */
const distance = fc.oneof(
  { weight: 10, arbitrary: fc.constant(null) },
  { weight: 2, arbitrary: fc.integer({ min: 1000, max: 3 * day }) },
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(31 * day, 61 * day, 366 * day, 11 * 365 * day) },
  { weight: 1, arbitrary: fc.constantFrom(-hour, -day, -40 * day, -11 * 365 * day) },
);

const made = fc.record({
  distance,
  status: fc.oneof(
    { weight: 12, arbitrary: fc.constant("complete" as const) },
    { weight: 1, arbitrary: fc.constant("damaged" as const) },
    { weight: 1, arbitrary: fc.constant("newer" as const) },
  ),
  pinned: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  checked: fc.oneof(
    { weight: 6, arbitrary: fc.constant(undefined) },
    { weight: 2, arbitrary: fc.constant("good" as const) },
    { weight: 1, arbitrary: fc.constant("bad" as const) },
  ),
});

const count = fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined, freq: 2 });
const retention: fc.Arbitrary<Retention> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(1, 2, 7, 28).map((days) => ({ days })) },
  {
    weight: 3,
    arbitrary: fc
      .record({
        latest: count,
        hourly: count,
        daily: count,
        weekly: count,
        monthly: count,
        yearly: count,
      })
      .filter((counts) => Object.values(counts).some((n) => n !== undefined)),
  },
);

/** Around the changes of clocks in both hemispheres, the turn of a year and a leap day. */
const beginnings = [
  "2026-10-24T23:10:00Z",
  "2026-03-29T00:10:00Z",
  "2026-04-04T13:40:00Z",
  "2026-12-30T23:30:00Z",
  "2011-12-29T09:00:00Z",
  "2028-02-28T12:00:00Z",
];

const histories: fc.Arbitrary<History> = fc
  .record({
    begin: fc.constantFrom(...beginnings),
    every: schedules,
    // Short ones, so that the change of clocks at their beginning is not buried.
    made: fc.oneof(
      fc.array(made, { maxLength: 4 }),
      fc.array(made, { maxLength: 24, size: "max" }),
    ),
    retention,
    timeZone: fc.constantFrom(...zones),
    lag: fc.constantFrom(0, hour, 60 * day, -20 * day, -12 * 365 * day),
  })
  .map(({ begin, every, made: all, lag, ...rest }) => {
    let at = Date.parse(begin);
    const points = all.map(({ distance: step, ...point }, index): KeepablePoint => {
      at += step ?? every;
      const second = Math.floor(at / 1000) * 1000;
      return { ...point, at: second, backupId: `id-${String(index).padStart(3, "0")}` };
    });
    return { ...rest, points, now: at + lag };
  });

function matches(history: History, decisions: readonly Decision<KeepablePoint>[]): boolean {
  const expected = modelKeeps(history);
  const isRight = ({ point, keep, reason }: Decision<KeepablePoint>) =>
    keep === expected.has(point.backupId) && reason !== "";
  return decisions.length === history.points.length && decisions.every(isRight);
}

it(
  "keeps and deletes as the plain model does, in 10,000 histories",
  () => {
    let deleted = 0;
    fc.assert(
      fc.property(histories, (history) => {
        const { points, now, ...rule } = history;
        const decisions = decide(points, rule, now);
        deleted += decisions.filter(({ keep }) => !keep).length;
        return matches(history, decisions);
      }),
      { numRuns: 10_000 },
    );
    // A comparison of empty sets would show nothing.
    expect(deleted).toBeGreaterThan(10_000);
  },
  timeoutMs,
);
