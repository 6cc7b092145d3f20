import type { VerifyResult } from "../domain/point-results.ts";
import { didYouMean } from "../domain/suggest.ts";
import { asStackholdError, isErrorCode, StackholdError } from "../errors.ts";
import type { PointSummary, Problem, Repository } from "../ports/repository.ts";
import { chooseRepositories } from "./backup/open-repositories.ts";
import { type Context, type Deps, step } from "./context.ts";
import {
  type GatheredPoints,
  gatherPoints,
  thisHost,
  unreachable,
} from "./points/gather-points.ts";
import { recordPointsRun } from "./points/record-points-run.ts";
import { selectForVerify } from "./points/select-for-verify.ts";
import { progressReporter } from "./progress.ts";

export interface VerifyInput {
  readonly unit?: string;
  readonly at?: string;
  /** Every point, not only the newest of each unit in each repository. */
  readonly all: boolean;
  /** Also reads every entry back out of its archive. */
  readonly deep: boolean;
  readonly repository?: string;
  /** This host where absent. */
  readonly host?: string;
  readonly trigger: string;
}

export type VerifyDeps = Pick<Deps, "repositories" | "history" | "settings" | "engine" | "clock">;

/** What is wrong with points is in the answer; it throws when nothing could be checked. */
export async function verifyPoints(
  input: VerifyInput,
  deps: VerifyDeps,
  context: Context,
): Promise<VerifyResult> {
  const repositories =
    input.repository === undefined
      ? deps.repositories
      : chooseRepositories([input.repository], deps.repositories);
  const host = input.host ?? (await thisHost(deps));
  const filter = { host, ...(input.unit === undefined ? {} : { unit: input.unit }) };
  const gathered = await gatherPoints(repositories, filter);
  if (input.unit !== undefined && gathered.points.length === 0) {
    throw await noPointOf(input.unit, repositories, host);
  }
  const chosen = selectForVerify(gathered.points, input);
  const units = [...new Set(chosen.map((point) => point.unit))];
  context.emit({ type: "run.started", operation: "verify", units });
  const run = { operation: "verify", trigger: input.trigger, units } as const;
  const finish = recordPointsRun(run, deps, context);
  try {
    const result = await verifyAll(
      chosen,
      repositories,
      gathered.unreachable,
      input,
      deps,
      context,
    );
    finish(result.ok ? "succeeded" : "failed", result);
    return result;
  } catch (thrown) {
    finish(isErrorCode(thrown, "CANCELLED") ? "cancelled" : "failed");
    throw thrown;
  }
}

async function noPointOf(
  unit: string,
  repositories: readonly Repository[],
  host: string,
): Promise<StackholdError> {
  const { points } = await gatherPoints(repositories, { host });
  const known = new Set(points.map((point) => point.unit));
  return new StackholdError(
    "UNKNOWN_POINT",
    `there is no point of ${unit}${didYouMean(unit, known)}`,
    { hint: "see: stackhold list points" },
  );
}

async function verifyAll(
  chosen: readonly PointSummary[],
  repositories: readonly Repository[],
  silent: GatheredPoints["unreachable"],
  { deep }: VerifyInput,
  deps: VerifyDeps,
  context: Context,
): Promise<VerifyResult> {
  const lost = [...silent];
  const problems: VerifyResult["problems"] = [];
  let checked = 0;
  for (const repository of repositories) {
    try {
      for (const point of chosen.filter((each) => each.repository === repository.name)) {
        const found = await verifyOne(repository, point, deep, deps, context);
        if (found === undefined) continue;
        checked += 1;
        const { unit, backupId } = point;
        for (const problem of found) {
          problems.push({ unit, backupId, repository: repository.name, ...problem });
        }
      }
    } catch (thrown) {
      if (!isErrorCode(thrown, "REPOSITORY_UNUSABLE")) throw thrown;
      lost.push(unreachable({ name: repository.name, error: asStackholdError(thrown) }));
    }
  }
  const ok = problems.length === 0 && lost.length === 0;
  return { schemaVersion: 1, checked, ok, problems, unreachable: lost };
}

/** Undefined when the point was removed meanwhile. */
async function verifyOne(
  repository: Repository,
  point: PointSummary,
  deep: boolean,
  deps: VerifyDeps,
  context: Context,
): Promise<readonly Problem[] | undefined> {
  if (context.signal.aborted) throw new StackholdError("CANCELLED", "the check was cancelled");
  const { unit, backupId } = point;
  const about = { unit, subject: `${backupId} in ${repository.name}` };
  const onProgress = progressReporter(about, deps.clock, context.emit);
  const problems = await step("verify", unit, deps.clock, context, () =>
    problemsOf(repository, point, deep, { signal: context.signal, onProgress }),
  );
  if (problems === undefined) return undefined;
  const at = deps.clock.now().toISOString();
  const { host } = point;
  const ok = problems.length === 0;
  deps.history.recordVerification({
    repository: repository.name,
    host,
    unit,
    backupId,
    at,
    ok,
    deep,
  });
  return problems;
}

async function problemsOf(
  repository: Repository,
  point: PointSummary,
  deep: boolean,
  activity: Parameters<Awaited<ReturnType<Repository["read"]>>["verify"]>[1],
): Promise<readonly Problem[] | undefined> {
  try {
    const problems = await (await repository.read(point)).verify({ deep }, activity);
    if (problems.length > 0) await repository.read(point);
    return problems;
  } catch (thrown) {
    if (isErrorCode(thrown, "UNKNOWN_POINT")) return undefined;
    const isProblem = isErrorCode(thrown, "POINT_DAMAGED") || isErrorCode(thrown, "NEWER_FORMAT");
    if (!isProblem) throw thrown;
    return [{ part: "manifest", problem: asStackholdError(thrown).message }];
  }
}
