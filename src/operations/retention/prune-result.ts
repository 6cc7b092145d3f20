import type { PruneResult, UnreachableRepository } from "../../domain/point-results.ts";
import type { Verdict } from "./judge.ts";
import { type DeletedPoint, freedBy } from "./remove-points.ts";

/** What a dry run tells of a point that would go. */
export function wouldDelete({ point, reason }: Verdict): DeletedPoint {
  const { unit, backupId, repository, storedBytes } = point;
  return { unit, backupId, repository, reason, freedBytes: storedBytes };
}

/** Points that were to go and are still there count as kept: what is there is there. */
export function pruneResult(
  verdicts: readonly Verdict[],
  deleted: readonly DeletedPoint[],
  { dryRun, unreachable }: { dryRun: boolean; unreachable: readonly UnreachableRepository[] },
): PruneResult {
  const isDeleted = ({ point }: Verdict) =>
    deleted.some(
      ({ unit, backupId, repository }) =>
        point.unit === unit && point.backupId === backupId && point.repository === repository,
    );
  const keptPoints = verdicts
    .filter((verdict) => !isDeleted(verdict))
    .map(({ point: { unit, backupId, repository }, keep, reason }) => ({
      unit,
      backupId,
      repository,
      reason: keep ? reason : `not deleted, though ${reason}`,
    }));
  return {
    schemaVersion: 1,
    dryRun,
    deleted: [...deleted],
    kept: keptPoints.length,
    freedBytes: freedBy(deleted),
    keptPoints,
    unreachable: [...unreachable],
  };
}
