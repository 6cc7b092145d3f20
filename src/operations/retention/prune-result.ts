import type { PruneResult, UnreachableRepository } from "../../domain/point-results.ts";
import { bytesOfParts } from "../../ports/repository.ts";
import type { Verdict } from "./judge.ts";
import { type DeletedPoint, freedBy } from "./remove-points.ts";

/** What a dry run tells of a point that would go. Points that stay may share its images. */
export function wouldDelete({ point, reason }: Verdict): DeletedPoint {
  const { unit, backupId, repository } = point;
  return { unit, backupId, repository, reason, freedBytes: bytesOfParts(point) };
}

/** A point that was to go and is still there counts as kept. */
export function pruneResult(
  verdicts: readonly Verdict[],
  deleted: readonly DeletedPoint[],
  { dryRun, unreachable }: { dryRun: boolean; unreachable: readonly UnreachableRepository[] },
): PruneResult {
  const keptPoints = verdicts
    .filter(({ keep }) => keep)
    .map(({ point: { unit, backupId, repository }, reason }) => ({
      unit,
      backupId,
      repository,
      reason,
    }));
  return {
    schemaVersion: 1,
    dryRun,
    deleted: [...deleted],
    kept: verdicts.length - deleted.length,
    freedBytes: freedBy(deleted),
    ...(dryRun ? { keptPoints } : {}),
    unreachable: [...unreachable],
  };
}
