import type { PruneResult } from "../domain/point-results.ts";
import { isGood } from "../domain/retention/decide.ts";
import { StackholdError } from "../errors.ts";
import type { PointSummary } from "../ports/repository.ts";
import { repositoryLock } from "./backup/open-repositories.ts";
import type { Context, Deps } from "./context.ts";
import {
  type FoundPoint,
  findPoint,
  type PointQuery,
  repositoriesOf,
} from "./points/find-point.ts";
import { unreachable } from "./points/gather-points.ts";
import { lastCheck, lastVerifications } from "./points/last-verifications.ts";
import { recordPointsRun } from "./points/record-points-run.ts";
import type { Verdict } from "./retention/judge.ts";
import { lockAll } from "./retention/lock-all.ts";
import { pruneResult, wouldDelete } from "./retention/prune-result.ts";
import { type DeletedPoint, removePoints } from "./retention/remove-points.ts";

export interface DeleteInput extends PointQuery {
  /** Also where it is the newest good point of its unit. */
  readonly evenNewest: boolean;
  readonly dryRun: boolean;
  readonly trigger: string;
}

export type DeleteDeps = Pick<
  Deps,
  "repositories" | "history" | "settings" | "engine" | "clock" | "locks"
>;

/** Judged as retention does: a point that was found bad protects no other by being newer. */
function newestGood(all: readonly PointSummary[], { unit }: PointQuery, { history }: DeleteDeps) {
  const last = lastVerifications(history.verifications(unit));
  const good = all.filter((p) => isGood({ status: p.status, checked: lastCheck(last, p) }));
  return new Set(
    [...Map.groupBy(good, ({ repository }) => repository).values()].map(([newest]) => newest),
  );
}

/** Nothing is deleted anywhere unless it may be deleted everywhere. */
function refuse({ found, all }: FoundPoint, input: DeleteInput, deps: DeleteDeps): void {
  const { evenNewest } = input;
  const newest = newestGood(all, input, deps);
  for (const { point } of found) {
    const { unit, backupId, repository } = point;
    if (point.pinned) {
      const message = `point ${backupId} of ${unit} in ${repository} is pinned`;
      const hint = `stackhold admin snapshot unpin ${unit} ${backupId} lets it go`;
      throw new StackholdError("POINT_PINNED", message, { hint });
    }
    if (evenNewest || !newest.has(point)) continue;
    throw new StackholdError(
      "CONFIRMATION_REQUIRED",
      `${backupId} is the newest good point of ${unit} in ${repository}`,
      { hint: "nothing was deleted; --yes deletes it all the same" },
    );
  }
}

async function deleteFound(
  { found, all, unreachable: silent }: FoundPoint,
  input: DeleteInput,
  deps: DeleteDeps,
  context: Context,
): Promise<PruneResult> {
  const doomed = new Set(found.map(({ point }) => point));
  const verdicts = all.map((point): Verdict => {
    const keep = !doomed.has(point);
    return { point, keep, reason: keep ? "not asked for" : "asked for" };
  });
  const { dryRun } = input;
  if (dryRun) {
    const deleted = verdicts.filter(({ keep }) => !keep).map(wouldDelete);
    const preview = pruneResult(verdicts, deleted, { dryRun, unreachable: silent });
    // Why the others stay needs no words: nobody asked for them.
    return { ...preview, keptPoints: [] };
  }
  const deleted: DeletedPoint[] = [];
  const lost = [...silent];
  for (const { repository } of found) {
    const removal = await removePoints(repository, verdicts, deps, context);
    deleted.push(...removal.deleted);
    if (removal.error === undefined) continue;
    if (found.length === 1) throw removal.error;
    lost.push(unreachable({ name: repository.name, error: removal.error }));
  }
  return pruneResult(verdicts, deleted, { dryRun, unreachable: lost });
}

/**
 * Deletes one point from every repository that has it, or from one. A pinned one is refused, and so
 * is the newest good one of its unit unless that is asked for as well.
 */
export async function deletePoint(
  input: DeleteInput,
  deps: DeleteDeps,
  context: Context,
): Promise<PruneResult> {
  const { unit, backupId, trigger } = input;
  if (input.dryRun) {
    const found = await findPoint(input, deps);
    refuse(found, input, deps);
    return deleteFound(found, input, deps, context);
  }
  const repositories = repositoriesOf(input, deps);
  const names = [...new Set(repositories.map(repositoryLock)), `unit/${unit}`];
  await using _locks = await lockAll(
    names,
    `deletion of ${unit} ${backupId}`,
    deps,
    context.signal,
  );
  const found = await findPoint(input, deps);
  refuse(found, input, deps);
  context.emit({ type: "run.started", operation: "delete", units: [unit] });
  const run = { operation: "delete", trigger, units: [unit] } as const;
  const finish = recordPointsRun(run, deps, context);
  try {
    const result = await deleteFound(found, input, deps, context);
    finish(result.unreachable.length > 0 ? "warning" : "succeeded", result);
    return result;
  } catch (error) {
    finish(context.signal.aborted ? "cancelled" : "failed");
    throw error;
  }
}
