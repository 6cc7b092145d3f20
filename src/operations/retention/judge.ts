import { writerNames } from "../../domain/point-results.ts";
import { decide } from "../../domain/retention/decide.ts";
import type { RetentionRule } from "../../domain/retention/rules.ts";
import { startOf } from "../../domain/select-point.ts";
import type { Verification } from "../../ports/history.ts";
import { isOwn, type PointSummary } from "../../ports/repository.ts";
import { lastCheck, lastVerifications } from "../points/last-verifications.ts";

export type RuleFor = (unit: string, repository: string) => RetentionRule;

export interface Verdict {
  readonly point: PointSummary;
  readonly keep: boolean;
  readonly reason: string;
}

interface Judging {
  readonly ruleFor: RuleFor;
  readonly verifications: readonly Verification[];
  readonly now: Date;
}

/** Whoever wrote them decides how long they stay. */
function keptForOthers(points: readonly PointSummary[]): Verdict[] {
  return points.flatMap((point) =>
    point.writtenBy === undefined
      ? []
      : [{ point, keep: true, reason: `written by ${writerNames[point.writtenBy]}` }],
  );
}

/** What the rules say of points of one host: each unit for itself, in each repository. */
export function judge(all: readonly PointSummary[], judging: Judging): Verdict[] {
  const last = lastVerifications(judging.verifications);
  const points = all.filter(isOwn);
  const groups = Map.groupBy(points, ({ unit, repository }) => JSON.stringify([unit, repository]));
  const own = [...groups.values()].flatMap((group) => {
    const [{ unit, repository } = { unit: "", repository: "" }] = group;
    const keepable = group.map((point) => {
      const { backupId, status, pinned } = point;
      const checked = lastCheck(last, point);
      return { backupId, at: startOf(point), status, pinned, checked, point };
    });
    const decisions = decide(keepable, judging.ruleFor(unit, repository), judging.now.getTime());
    return decisions.map(({ point: { point }, keep, reason }) => ({ point, keep, reason }));
  });
  return [...own, ...keptForOthers(all)];
}
