import type { PruneResult, UnreachableRepository } from "../domain/point-results.ts";
import { didYouMean } from "../domain/suggest.ts";
import { isErrorCode, StackholdError } from "../errors.ts";
import type { PointSummary, Repository } from "../ports/repository.ts";
import { chooseRepositories, repositoryLock } from "./backup/open-repositories.ts";
import type { Context, Deps } from "./context.ts";
import { discoverUnits } from "./discover-units.ts";
import { gatherPoints, thisHost, unreachable } from "./points/gather-points.ts";
import { recordPointsRun } from "./points/record-points-run.ts";
import { keepUp } from "./repositories/keep-up.ts";
import { judge, type RuleFor, type Verdict } from "./retention/judge.ts";
import { lockAll } from "./retention/lock-all.ts";
import { pruneResult, wouldDelete } from "./retention/prune-result.ts";
import { type DeletedPoint, removePoints } from "./retention/remove-points.ts";

export interface PruneInput {
  /** Absent: every unit that is on this host. */
  readonly unit?: string;
  readonly repository?: string;
  readonly dryRun: boolean;
  readonly ruleFor: RuleFor;
  readonly trigger: string;
}

export type PruneDeps = Pick<
  Deps,
  "repositories" | "history" | "settings" | "engine" | "stackFiles" | "clock" | "locks"
>;

interface Judged {
  readonly verdicts: readonly Verdict[];
  readonly silent: readonly UnreachableRepository[];
  readonly warnings: readonly string[];
}

/** Units of this host; those that have vanished keep their points unless one of them is named. */
async function presentUnits(deps: PruneDeps) {
  const { units, warnings } = await discoverUnits(deps.settings, deps);
  return { here: new Set(units.map((unit) => unit.name)), warnings };
}

function refuseUnknown(unit: string, all: readonly PointSummary[], host: string): void {
  const known = [...new Set(all.map((point) => point.unit))];
  if (known.includes(unit)) return;
  throw new StackholdError(
    "UNKNOWN_POINT",
    `there is no point of ${unit} of host ${host}${didYouMean(unit, known)}`,
    { hint: "see: stackhold list points" },
  );
}

async function judgeAll(
  repositories: readonly Repository[],
  { unit, ruleFor }: PruneInput,
  deps: PruneDeps,
): Promise<Judged> {
  const host = await thisHost(deps);
  const { here, warnings } =
    unit === undefined ? await presentUnits(deps) : { here: new Set([unit]), warnings: [] };
  const { points, unreachable: silent } = await gatherPoints(repositories, { host });
  if (unit !== undefined && silent.length === 0) refuseUnknown(unit, points, host);
  const judged = judge(
    points.filter((point) => here.has(point.unit)),
    { ruleFor, verifications: deps.history.verifications(unit), now: deps.clock.now() },
  );
  if (unit !== undefined) return { verdicts: judged, silent, warnings };
  const vanished = points
    .filter((point) => !here.has(point.unit))
    .map((point) => ({ point, keep: true, reason: "its unit is no longer here" }));
  return { verdicts: [...judged, ...vanished], silent, warnings };
}

/** Throws when no repository could be worked on at all. */
async function removeAll(
  repositories: readonly Repository[],
  { verdicts, silent }: Judged,
  deps: PruneDeps,
  context: Context,
): Promise<PruneResult> {
  const deleted: DeletedPoint[] = [];
  const lost = [...silent];
  const failures: StackholdError[] = [];
  for (const repository of repositories) {
    const removal = await removePoints(repository, verdicts, deps, context);
    deleted.push(...removal.deleted);
    const { error } = removal;
    if (error === undefined) continue;
    if (isErrorCode(error, "CANCELLED")) throw error;
    failures.push(error);
    lost.push(unreachable({ name: repository.name, error }));
  }
  if (deleted.length === 0 && lost.length === repositories.length) throw failures[0];
  return pruneResult(verdicts, deleted, { dryRun: false, unreachable: lost });
}

function tell({ warnings }: Judged, { emit }: Context): void {
  for (const message of warnings) emit({ type: "warning", message });
}

async function carryOut(
  repositories: readonly Repository[],
  judged: Judged,
  { trigger }: PruneInput,
  deps: PruneDeps,
  context: Context,
): Promise<PruneResult> {
  const doomed = judged.verdicts.filter(({ keep }) => !keep);
  const units = [...new Set(doomed.map(({ point }) => point.unit))].sort();
  const names = units.map((unit) => `unit/${unit}`);
  await using _locks = await lockAll(names, "prune", deps, context.signal);
  context.emit({ type: "run.started", operation: "prune", units });
  tell(judged, context);
  const finish = recordPointsRun({ operation: "prune", trigger, units }, deps, context);
  try {
    const result = await removeAll(repositories, judged, deps, context);
    if (result.deleted.length > 0) await keepUp(repositories, context);
    finish(result.unreachable.length > 0 ? "warning" : "succeeded", result);
    return result;
  } catch (error) {
    finish(isErrorCode(error, "CANCELLED") ? "cancelled" : "failed");
    throw error;
  }
}

/**
 * Deletes the points of this host that the rules do not keep. The newest good point of a unit in a
 * repository, its last verified one, pinned ones, and all of units that are no longer here stay.
 */
export async function prunePoints(
  input: PruneInput,
  deps: PruneDeps,
  context: Context,
): Promise<PruneResult> {
  const repositories =
    input.repository === undefined
      ? deps.repositories
      : chooseRepositories([input.repository], deps.repositories);
  if (input.dryRun) {
    const judged = await judgeAll(repositories, input, deps);
    tell(judged, context);
    const { verdicts, silent } = judged;
    const deleted = verdicts.filter(({ keep }) => !keep).map(wouldDelete);
    return pruneResult(verdicts, deleted, { dryRun: true, unreachable: silent });
  }
  const names = [...new Set(repositories.map(repositoryLock))];
  await using _locks = await lockAll(names, "prune", deps, context.signal);
  const judged = await judgeAll(repositories, input, deps);
  return await carryOut(repositories, judged, input, deps, context);
}
