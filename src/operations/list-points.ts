import type { ListedPoint, UnreachableRepository } from "../domain/point-results.ts";
import type { Verification } from "../ports/history.ts";
import type { PointSummary } from "../ports/repository.ts";
import { chooseRepositories } from "./backup/open-repositories.ts";
import type { Deps } from "./context.ts";
import { gatherPoints, thisHost } from "./points/gather-points.ts";
import { lastVerifications, pointKey } from "./points/last-verifications.ts";

export interface ListPointsInput {
  readonly unit?: string;
  readonly repository?: string;
  /** `all`, or a host's name; this host where absent. */
  readonly host?: "all" | { readonly name: string };
}

export interface PointList {
  /** Newest first, one per repository. */
  readonly points: readonly ListedPoint[];
  /** Repositories that did not answer while others did. */
  readonly unreachable: readonly UnreachableRepository[];
}

type ListDeps = Pick<Deps, "repositories" | "history" | "settings" | "engine">;

export async function listPoints(input: ListPointsInput, deps: ListDeps): Promise<PointList> {
  const repositories =
    input.repository === undefined
      ? deps.repositories
      : chooseRepositories([input.repository], deps.repositories);
  const host = input.host === "all" ? undefined : (input.host?.name ?? (await thisHost(deps)));
  const { points, unreachable } = await gatherPoints(repositories, {
    ...(host === undefined ? {} : { host }),
    ...(input.unit === undefined ? {} : { unit: input.unit }),
  });
  const last = lastVerifications(deps.history.verifications(input.unit));
  return { points: points.map((point) => listed(point, last.get(pointKey(point)))), unreachable };
}

function listed(point: PointSummary, verification: Verification | undefined): ListedPoint {
  return verification?.ok === true ? { ...point, verifiedAt: verification.at } : { ...point };
}
