import { newestFirst, resolvePoint } from "../../domain/select-point.ts";
import { didYouMean } from "../../domain/suggest.ts";
import { StackholdError } from "../../errors.ts";
import type { PointReader, PointSummary, Repository } from "../../ports/repository.ts";
import { chooseRepositories } from "../backup/open-repositories.ts";
import type { Deps } from "../context.ts";
import type { RestoreInput } from "./restore-input.ts";

export interface LocatedPoint {
  readonly repository: Repository;
  readonly reader: PointReader;
}

type Query = Pick<RestoreInput, "unit" | "at" | "repository" | "host">;

async function pointsOf(query: Query, repositories: readonly Repository[], host: string) {
  const found: PointSummary[] = [];
  const failures: unknown[] = [];
  for (const repository of repositories) {
    try {
      found.push(...(await repository.list({ host })));
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === repositories.length) throw failures[0];
  const points = found.filter((point) => point.unit === query.unit);
  return { points, units: [...new Set(found.map((point) => point.unit))] };
}

/**
 * Latest is the newest of all, also a damaged one: data that is silently older than what was asked
 * for would be the worst surprise. A copy of it in another repository may be whole.
 */
function wholeCopy(newest: PointSummary, points: readonly PointSummary[]): PointSummary {
  const isWhole = ({ backupId, status }: PointSummary) =>
    backupId === newest.backupId && status === "complete";
  return points.find(isWhole) ?? newest;
}

/** One whose manifest cannot be read. */
function unreadable(point: PointSummary, points: readonly PointSummary[]): StackholdError {
  const { unit, backupId, repository, status } = point;
  const what = status === "newer" ? "was written by a newer Stackhold" : "is damaged";
  const good = points.filter((one) => one.status === "complete").sort(newestFirst)[0];
  const hint = good && `--at ${good.backupId} restores the newest good one`;
  return new StackholdError(
    status === "newer" ? "NEWER_FORMAT" : "POINT_DAMAGED",
    `the latest point ${backupId} of ${unit} in ${repository} ${what}`,
    { hint: ["nothing was touched", hint].filter(Boolean).join("; ") },
  );
}

async function readLatest(
  point: PointSummary,
  points: readonly PointSummary[],
  repository: Repository,
): Promise<PointReader> {
  try {
    return await repository.read(point);
  } catch (error) {
    if (point.status === "complete") throw error;
    throw unreadable(point, points);
  }
}

/** Finds the point that a restore means, in the first repository that has it, and opens it. */
export async function locatePoint(query: Query, deps: Deps): Promise<LocatedPoint> {
  const names = query.repository === undefined ? undefined : [query.repository];
  const repositories =
    names === undefined ? deps.repositories : chooseRepositories(names, deps.repositories);
  const host = query.host ?? deps.settings.host ?? (await deps.engine.info()).name;
  const { points, units } = await pointsOf(query, repositories, host);
  const [newest] = points.toSorted(newestFirst);
  if (newest === undefined) {
    const close = didYouMean(query.unit, units);
    throw new StackholdError(
      "UNKNOWN_UNIT",
      `no point of "${query.unit}" is stored for host ${host}${close}`,
      {
        hint:
          units.length === 0
            ? "nothing is stored yet for this host"
            : `there are points of ${units.join(", ")}`,
      },
    );
  }
  const isLatest = query.at === "latest";
  const point = isLatest ? wholeCopy(newest, points) : resolvePoint(query.at, points);
  const repository = repositories.find((candidate) => candidate.name === point.repository);
  if (repository === undefined) {
    throw new StackholdError("INTERNAL", `repository ${point.repository} is not configured`);
  }
  const reader = await (isLatest ? readLatest(point, points, repository) : repository.read(point));
  return { repository, reader };
}
