import type { BackupResult, UnitResult } from "../../domain/results.ts";
import { asStackholdError, isErrorCode, StackholdError } from "../../errors.ts";
import type { Repository } from "../../ports/repository.ts";
import type { Context, Deps } from "../context.ts";
import { judge, type RuleFor } from "../retention/judge.ts";
import { type DeletedPoint, freedBy, removePoints } from "../retention/remove-points.ts";
import type { Run } from "./run.ts";

interface Applied {
  readonly units: readonly UnitResult[];
  readonly retention: BackupResult["retention"];
}

type Sought = Pick<Run, "host" | "backupId">;

async function retainOne(
  unit: string,
  repository: Repository,
  { host, backupId }: Sought,
  ruleFor: RuleFor,
  deps: Deps,
  context: Context,
): Promise<{ deleted: readonly DeletedPoint[]; error: StackholdError | undefined }> {
  try {
    // Whatever is removed is looked at anew.
    const points = await repository.list({ host, unit }, { recent: true });
    // The one reason to delete anything is that there is a new point.
    if (!points.some((point) => point.backupId === backupId && point.status === "complete")) {
      const message = `point ${backupId} of ${unit} is not listed: nothing is deleted`;
      throw new StackholdError("REPOSITORY_UNUSABLE", message);
    }
    const verifications = deps.history.verifications(unit);
    const verdicts = judge(points, { ruleFor, verifications, now: deps.clock.now() });
    return await removePoints(repository, verdicts, deps, context);
  } catch (error) {
    return { deleted: [], error: asStackholdError(error) };
  }
}

function withWarnings(unit: UnitResult, warnings: readonly string[]): UnitResult {
  if (warnings.length === 0) return unit;
  return { ...unit, status: "warning", warnings: [...unit.warnings, ...warnings] };
}

/**
 * Deletes what is no longer to be kept, where this run has published a point of a unit that is
 * well. What cannot be deleted is a warning of its unit; a cancelled run deletes nothing more.
 */
export async function applyRetention(
  units: readonly UnitResult[],
  repositories: readonly Repository[],
  point: Sought,
  ruleFor: RuleFor,
  deps: Deps,
  context: Context,
): Promise<Applied> {
  const deleted: DeletedPoint[] = [];
  const results: UnitResult[] = [];
  for (const result of units) {
    const { unit, status } = result;
    const isWell = status === "succeeded" || status === "warning";
    const published = new Set(
      result.repositories.filter((r) => isWell && r.status === "succeeded").map((r) => r.name),
    );
    const warnings: string[] = [];
    for (const repository of repositories) {
      if (!published.has(repository.name) || context.signal.aborted) continue;
      const outcome = await retainOne(unit, repository, point, ruleFor, deps, context);
      deleted.push(...outcome.deleted);
      if (outcome.error === undefined || isErrorCode(outcome.error, "CANCELLED")) continue;
      const message = `old points in ${repository.name} were not deleted: ${outcome.error.message}`;
      context.emit({ type: "warning", unit, message, saidBy: "result" });
      warnings.push(message);
    }
    results.push(withWarnings(result, warnings));
  }
  return { units: results, retention: { deleted: deleted.length, freedBytes: freedBy(deleted) } };
}
