import { newestFirst, resolvePoint } from "../../domain/select-point.ts";
import { isErrorCode } from "../../errors.ts";
import type { PointSummary } from "../../ports/repository.ts";

interface Wanted {
  readonly at?: string;
  readonly all: boolean;
}

/** The newest point of each unit in each repository, damaged or not, unless others are wanted. */
export function selectForVerify(
  points: readonly PointSummary[],
  wanted: Wanted,
): readonly PointSummary[] {
  if (wanted.all) return points;
  const { at } = wanted;
  const groups = Map.groupBy(points, ({ unit, repository }) => JSON.stringify([unit, repository]));
  if (at === undefined || at === "latest") {
    return [...groups.values()].flatMap((group) => group.toSorted(newestFirst).slice(0, 1));
  }
  const found = [...groups.values()].flatMap((group) => tryResolve(at, group));
  return found.length > 0 ? found : [resolvePoint(at, points)];
}

function tryResolve(at: string, points: readonly PointSummary[]): PointSummary[] {
  try {
    return [resolvePoint(at, points)];
  } catch (thrown) {
    if (isErrorCode(thrown, "UNKNOWN_POINT")) return [];
    throw thrown;
  }
}
