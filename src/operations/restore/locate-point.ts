import { isBackupId } from "../../domain/backup-id.ts";
import { newestFirst, resolvePoint } from "../../domain/select-point.ts";
import { didYouMean } from "../../domain/suggest.ts";
import { isErrorCode, messageOf, StackholdError } from "../../errors.ts";
import type { PointReader, PointSummary, Repository } from "../../ports/repository.ts";
import type { Deps } from "../context.ts";
import { repositoriesOf } from "../points/find-point.ts";
import { gatherPoints, thisHost } from "../points/gather-points.ts";
import type { RestoreInput } from "./restore-input.ts";

export interface LocatedPoint {
  readonly repository: Repository;
  readonly reader: PointReader;
}

type Query = Pick<RestoreInput, "unit" | "at" | "repository" | "host">;
type LocateDeps = Pick<Deps, "repositories" | "settings" | "engine">;

/** Where the id and the repository are known nothing is listed. Undefined where it is not there. */
async function readNamed(
  { unit, at, repository: name }: Query,
  repositories: readonly Repository[],
  host: string,
): Promise<LocatedPoint | undefined> {
  const [repository] = repositories;
  if (name === undefined || repository === undefined || !isBackupId(at)) return undefined;
  try {
    const reader = await repository.read({ host, unit, backupId: at });
    return reader.manifest.unit === unit ? { repository, reader } : undefined;
  } catch (error) {
    if (isErrorCode(error, "UNKNOWN_POINT")) return undefined;
    throw error;
  }
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
function unreadable(
  point: PointSummary,
  points: readonly PointSummary[],
  cause: unknown,
): StackholdError {
  const { unit, backupId, repository, status } = point;
  const good = points.filter((one) => one.status === "complete").sort(newestFirst)[0];
  const hint = good && `--at ${good.backupId} restores the newest good one`;
  return new StackholdError(
    status === "newer" ? "NEWER_FORMAT" : "POINT_DAMAGED",
    `the latest point ${backupId} of ${unit} in ${repository} cannot be read: ${messageOf(cause)}`,
    { hint: ["nothing was touched", hint].filter(Boolean).join("; "), cause },
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
    throw unreadable(point, points, error);
  }
}

/** What else is stored is looked at for the suggestion alone. */
async function unknownUnit(
  unit: string,
  repositories: readonly Repository[],
  host: string,
): Promise<StackholdError> {
  const { points } = await gatherPoints(repositories, { host });
  const units = [...new Set(points.map((point) => point.unit))];
  const message = `no point of "${unit}" is stored for host ${host}${didYouMean(unit, units)}`;
  const hint =
    units.length === 0
      ? "nothing is stored yet for this host"
      : `there are points of ${units.join(", ")}`;
  return new StackholdError("UNKNOWN_UNIT", message, { hint });
}

/** Finds the point that a restore means, in the first repository that has it, and opens it. */
export async function locatePoint(query: Query, deps: LocateDeps): Promise<LocatedPoint> {
  const { unit, at } = query;
  const repositories = repositoriesOf(query, deps);
  const host = query.host ?? (await thisHost(deps));
  const named = await readNamed(query, repositories, host);
  if (named !== undefined) return named;
  const gathered = await gatherPoints(repositories, { host, unit });
  const points = gathered.points.filter((point) => point.unit === unit);
  const [newest] = points;
  if (newest === undefined) throw await unknownUnit(unit, repositories, host);
  const isLatest = at === "latest";
  const point = isLatest ? wholeCopy(newest, points) : resolvePoint(at, points);
  const repository = repositories.find((candidate) => candidate.name === point.repository);
  if (repository === undefined) {
    throw new StackholdError("INTERNAL", `repository ${point.repository} is not configured`);
  }
  const reader = await (isLatest ? readLatest(point, points, repository) : repository.read(point));
  return { repository, reader };
}
