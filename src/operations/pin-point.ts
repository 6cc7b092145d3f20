import type { PinResult } from "../domain/point-results.ts";
import type { Deps } from "./context.ts";
import { findPoint, type PointQuery } from "./points/find-point.ts";

export interface PinInput extends PointQuery {
  readonly pinned: boolean;
}

/** Keeps a point from every deletion, or no longer, wherever it is stored. */
export async function pinPoint(
  input: PinInput,
  deps: Pick<Deps, "repositories" | "settings" | "engine">,
): Promise<PinResult> {
  const { unit, pinned } = input;
  const { found, unreachable } = await findPoint({ ...input, resolves: true }, deps);
  const backupId = found[0]?.point.backupId ?? input.backupId;
  for (const { point, repository } of found) await repository.pin(point, pinned);
  return {
    schemaVersion: 1,
    unit,
    backupId,
    pinned,
    repositories: found.map(({ repository }) => repository.name),
    unreachable: [...unreachable],
  };
}
