import type { ListedPoint, UnreachableRepository } from "../domain/point-results.ts";
import type { Verification } from "../ports/history.ts";
import type { PointSummary, Repository } from "../ports/repository.ts";
import { chooseRepositories } from "./backup/open-repositories.ts";
import { gatherPoints, thisHost } from "./points/gather-points.ts";
import { isYetToCome } from "./points/has-stored-in.ts";
import { lastVerifications, pointKey } from "./points/last-verifications.ts";
import { type KnownUnitDeps, requireKnownUnit } from "./points/require-known-unit.ts";

export interface ListPointsInput {
  readonly unit?: string;
  readonly repository?: string;
  /** `all`, or a host's name; this host where absent. */
  readonly host?: "all" | { readonly name: string };
}

export interface FoundPoint {
  readonly point: ListedPoint;
  /** How many its run gave for its unit. */
  readonly warnings: number;
}

export interface PointList {
  /** Newest first, one per repository. */
  readonly points: readonly FoundPoint[];
  /** Repositories that did not answer while others did. */
  readonly unreachable: readonly UnreachableRepository[];
  /** Repositories that the first backup will make. */
  readonly toCome: readonly Repository[];
}

export async function listPoints(input: ListPointsInput, deps: KnownUnitDeps): Promise<PointList> {
  const repositories =
    input.repository === undefined
      ? deps.repositories
      : chooseRepositories([input.repository], deps.repositories);
  const host = input.host === "all" ? undefined : (input.host?.name ?? (await thisHost(deps)));
  const filter = {
    ...(host === undefined ? {} : { host }),
    ...(input.unit === undefined ? {} : { unit: input.unit }),
  };
  const gathered = await gatherPoints(repositories, filter, (one) => isYetToCome(one, deps));
  const { points, unreachable, toCome } = gathered;
  if (points.length === 0 && input.unit !== undefined) await requireKnownUnit(input.unit, deps);
  const last = lastVerifications(deps.history.verifications(input.unit));
  return {
    points: points.map((point) => found(point, last.get(pointKey(point)))),
    unreachable,
    toCome,
  };
}

function found(summary: PointSummary, verification: Verification | undefined): FoundPoint {
  const { warnings, ...point } = summary;
  const verified = verification?.ok === true ? { verifiedAt: verification.at } : {};
  return { point: { ...point, ...verified }, warnings };
}
