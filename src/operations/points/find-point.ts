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
    hint: `stackhold list points ${unit} shows those that there are`,
  });
}
