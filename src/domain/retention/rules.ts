import type { Retention } from "../policy.ts";
import { dayMs, periodOf, periods, wallTime } from "./periods.ts";
import type { OffsetAt } from "./zone.ts";

/** What is to be kept, and the place whose days, weeks and months are meant. */
export interface RetentionRule {
  readonly retention: Retention;
  /** IANA name. */
  readonly timeZone: string;
}

/** Why a point is kept, one text for each rule that keeps it; none where no rule does. */
export type Reasons = ReadonlyMap<number, readonly string[]>;

/**
 * What the rules alone keep of points made at these instants, newest first, each as its index.
 * Only periods that have a point are counted, from the newest point back, and the newest point of
 * a period stands for it: time in which nothing was stored uses nothing up.
 */
export function keptByRules(
  instants: readonly number[],
  retention: Retention,
  offsetAt: OffsetAt,
): Reasons {
  const reasons = new Map<number, string[]>();
  const keep = (index: number, reason: string) =>
    reasons.set(index, [...(reasons.get(index) ?? []), reason]);
  const { days, latest = 0 } = retention;
  const [newest = 0] = instants;
  for (const [index, at] of instants.entries()) {
    if (days !== undefined && withinDays(at, newest, days, offsetAt)) {
      keep(index, `within ${daysText(days)}`);
    }
    if (index < latest) keep(index, counted("latest", index, latest));
  }
  for (const period of periods) {
    const wanted = retention[period] ?? 0;
    if (wanted === 0) continue;
    const seen = new Set<string>();
    for (const [index, at] of instants.entries()) {
      const key = periodOf(period, at, offsetAt);
      if (seen.has(key)) continue;
      keep(index, counted(period, seen.size, wanted));
      if (seen.add(key).size === wanted) break;
    }
  }
  return reasons;
}

/** By the clock on the wall or by elapsed time: a change of clocks makes no point older. */
function withinDays(at: number, newest: number, days: number, offsetAt: OffsetAt): boolean {
  const span = days * dayMs;
  return newest - at <= span || wallTime(newest, offsetAt) - wallTime(at, offsetAt) <= span;
}

function counted(rule: string, before: number, wanted: number): string {
  return `${rule} ${before + 1} of ${wanted}`;
}

function daysText(days: number): string {
  return days === 1 ? "1 day" : `${days} days`;
}

/** Why a point goes that no rule keeps. */
export function goneReason({ days, ...counts }: Retention): string {
  if (days !== undefined) return `older than ${daysText(days)}`;
  const given = ["latest" as const, ...periods].flatMap((name) =>
    counts[name] === undefined ? [] : [`${name} ${counts[name]}`],
  );
  return `not among ${given.join(", ")}`;
}
