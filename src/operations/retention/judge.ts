import { parseBackupId } from "../../domain/backup-id.ts";
import { decide } from "../../domain/retention/decide.ts";
import type { RetentionRule } from "../../domain/retention/rules.ts";
import type { Verification } from "../../ports/history.ts";
import type { PointSummary } from "../../ports/repository.ts";
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

/** The id is when a point was made, whatever became of its manifest. */
function madeAt({ backupId, createdAt }: PointSummary): number {
  return parseBackupId(backupId)?.getTime() ?? Date.parse(createdAt);
}

/** What the rules say of points of one host: each unit for itself, in each repository. */
export function judge(points: readonly PointSummary[], judging: Judging): Verdict[] {
  const last = lastVerifications(judging.verifications);
  const groups = Map.groupBy(points, ({ unit, repository }) => JSON.stringify([unit, repository]));
  return [...groups.values()].flatMap((group) => {
    const [{ unit, repository } = { unit: "", repository: "" }] = group;
    const keepable = group.map((point) => {
      const { backupId, status, pinned } = point;
      const checked = lastCheck(last, point);
      return { backupId, at: madeAt(point), status, pinned, checked, point };
    });
    const decisions = decide(keepable, judging.ruleFor(unit, repository), judging.now.getTime());
    return decisions.map(({ point: { point }, keep, reason }) => ({ point, keep, reason }));
  });
}
