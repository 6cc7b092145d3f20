import { isBackupId } from "../../domain/backup-id.ts";
import type { UnreachableRepository } from "../../domain/point-results.ts";
import { resolvePoint } from "../../domain/select-point.ts";
import { StackholdError } from "../../errors.ts";
import type { PointSummary, Repository } from "../../ports/repository.ts";
import { chooseRepositories } from "../backup/open-repositories.ts";
import type { Deps } from "../context.ts";
import { gatherPoints, thisHost } from "./gather-points.ts";

/** One point by its id, in every repository that has it or in one. */
export interface PointQuery {
  readonly unit: string;
  readonly backupId: string;
  /** The id may also be `latest` or a time, as with `--at`. */
  readonly resolves?: boolean;
  readonly repository?: string;
  /** This host where absent. */
  readonly host?: string;
}

export interface FoundPoint {
  /** At least one: where the point is. */
  readonly found: readonly { readonly point: PointSummary; readonly repository: Repository }[];
  /** All points of the unit in the repositories that were asked. */
  readonly all: readonly PointSummary[];
  readonly unreachable: readonly UnreachableRepository[];
}

type FindDeps = Pick<Deps, "repositories" | "settings" | "engine">;

export function repositoriesOf(
  { repository }: Pick<PointQuery, "repository">,
  { repositories }: Pick<Deps, "repositories">,
): readonly Repository[] {
  return repository === undefined ? repositories : chooseRepositories([repository], repositories);
}

/** Where the point is that is not in the repository that was named; undefined where nobody knows. */
async function elsewhere(
  { unit, repository }: PointQuery,
  backupId: string,
  host: string,
  { repositories }: FindDeps,
): Promise<string | undefined> {
  const others = repositories.filter(({ name }) => name !== repository);
  if (repository === undefined || others.length === 0) return undefined;
  const gathered = await gatherPoints(others, { host, unit }).catch(() => undefined);
  const points = gathered?.points ?? [];
  const same = points.filter((point) => point.backupId === backupId);
  const found = same.length > 0 || isBackupId(backupId) ? same : points;
  const names = [...new Set(found.map((point) => point.repository))].join(", ");
  if (names === "") return undefined;
  return same.length > 0 ? `it is in ${names}` : `there are points of ${unit} in ${names}`;
}

/** UNKNOWN_POINT where no repository that answers has it. */
export async function findPoint(query: PointQuery, deps: FindDeps): Promise<FoundPoint> {
  const { unit } = query;
  const repositories = repositoriesOf(query, deps);
  const host = query.host ?? (await thisHost(deps));
  const { points: all, unreachable } = await gatherPoints(repositories, { host, unit });
  const isId = query.resolves !== true || isBackupId(query.backupId) || all.length === 0;
  const backupId = isId ? query.backupId : resolvePoint(query.backupId, all).backupId;
  const found = repositories.flatMap((repository) =>
    all
      .filter((point) => point.backupId === backupId && point.repository === repository.name)
      .map((point) => ({ point, repository })),
  );
  if (found.length > 0) return { found, all, unreachable };
  const silent = unreachable.map(({ name }) => name).join(", ");
  const but = silent === "" ? "" : `; no answer from ${silent}`;
  throw new StackholdError("UNKNOWN_POINT", `there is no point ${backupId} of ${unit}${but}`, {
    hint:
      (await elsewhere(query, backupId, host, deps)) ??
      `stackhold list points ${unit} shows those that there are`,
  });
}
