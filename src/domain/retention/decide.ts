import { compareText } from "../compare-text.ts";
import type { PointStatus } from "../point-results.ts";
import { goneReason, keptByRules, type Reasons, type RetentionRule } from "./rules.ts";
import { offsetIn } from "./zone.ts";

/** A published point as retention sees it; all of one unit in one repository. */
export interface KeepablePoint {
  readonly backupId: string;
  /** When it was made, milliseconds since 1970. */
  readonly at: number;
  readonly status: PointStatus;
  readonly pinned: boolean;
  /** How it was found when it was last checked. */
  readonly checked: "good" | "bad" | undefined;
}

export interface Decision<P extends KeepablePoint> {
  readonly point: P;
  readonly keep: boolean;
  /** `daily 3 of 7, monthly 1 of 12`, `older than 28 days`. */
  readonly reason: string;
}

/** Complete as far as a look at it tells, and not found bad by a check. */
export function isGood({ status, checked }: Pick<KeepablePoint, "status" | "checked">): boolean {
  return status === "complete" && checked !== "bad";
}

function isDamaged(point: KeepablePoint): boolean {
  return point.status !== "newer" && !isGood(point);
}

const noGood = "there is no good point";

function newestFirst(a: KeepablePoint, b: KeepablePoint): number {
  return b.at - a.at || compareText(b.backupId, a.backupId);
}

/**
 * Which points stay and why, newest first. Never goes: the newest good point, the newest one that
 * was found good by a check, pinned ones, those of a newer Stackhold, and everything while there
 * is no good point. Points later than `now` were made by a clock that ran ahead: they stay, and
 * nothing is counted from them.
 */
export function decide<P extends KeepablePoint>(
  points: readonly P[],
  { retention, timeZone }: RetentionRule,
  now: number,
): Decision<P>[] {
  const offsetAt = offsetIn(timeZone);
  const kept = (of: readonly KeepablePoint[]) =>
    keptByRules(
      of.map(({ at }) => at),
      retention,
      offsetAt,
    );
  const sorted = points.toSorted(newestFirst);
  const good = sorted.filter(isGood);
  const past = good.filter((point) => point.at <= now);
  if (good.length === 0) return sorted.map((point) => ({ point, keep: true, reason: noGood }));
  // All of them in the future: it is the clock of this moment that is wrong.
  const ruled = past.length > 0 ? past : good;
  const ahead = new Set(past.length > 0 ? good.filter((point) => point.at > now) : []);
  const byRule = kept(ruled);
  const verified = ruled.find((point) => point.checked === "good");
  return sorted.map((point) => {
    const reasons: string[] = [];
    if (point.pinned) reasons.push("pinned");
    if (point.status === "newer") reasons.push("written by a newer Stackhold");
    if (isDamaged(point)) reasons.push(...asIfGood(point, ruled, kept));
    if (point === ruled[0] || point === good[0]) reasons.push("newest good point");
    if (point === verified) reasons.push("last verified point");
    if (ahead.has(point)) reasons.push("later than now: its clock ran ahead");
    reasons.push(...(byRule.get(ruled.indexOf(point)) ?? []));
    if (reasons.length > 0) return { point, keep: true, reason: reasons.join(", ") };
    const gone = goneReason(retention);
    return { point, keep: false, reason: isDamaged(point) ? `damaged, ${gone}` : gone };
  });
}

/** A damaged point takes no place from a good one; it goes when a good one in its place would. */
function asIfGood(
  point: KeepablePoint,
  good: readonly KeepablePoint[],
  kept: (of: readonly KeepablePoint[]) => Reasons,
): string[] {
  const all = [...good, point].toSorted(newestFirst);
  const reasons = kept(all).get(all.indexOf(point)) ?? [];
  return reasons.map((reason) => `damaged, ${reason}`);
}
