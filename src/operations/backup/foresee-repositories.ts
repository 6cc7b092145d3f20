import type { UnitResult } from "../../domain/results.ts";
import { asStackholdError } from "../../errors.ts";
import type { PointSummary, Repository } from "../../ports/repository.ts";
import { spaceFor } from "./check-space.ts";

/** What a backup would find in the repositories of a unit. */
export interface Foreseen {
  readonly room: NonNullable<NonNullable<UnitResult["estimate"]>["repositories"]>;
  /** Of those that would take no point, while others would. */
  readonly warnings: readonly string[];
  /** Why none would. */
  readonly error: unknown;
}

async function lastStored(repository: Repository, point: Pick<PointSummary, "host" | "unit">) {
  if ((await repository.examine()) === "made") return undefined;
  return (await repository.list(point))[0]?.storedBytes;
}

/** The checks of a backup before it stops anything; nothing is made or written. */
export async function foreseeRepositories(
  point: Pick<PointSummary, "host" | "unit">,
  measuredBytes: number,
  repositories: readonly Repository[],
): Promise<Foreseen> {
  const room: Foreseen["room"] = [];
  const failures: { readonly name: string; readonly error: unknown }[] = [];
  for (const repository of repositories) {
    const { name } = repository;
    try {
      const lastStoredBytes = await lastStored(repository, point);
      const space = await spaceFor(point.unit, { lastStoredBytes, measuredBytes }, repository);
      if (space !== undefined) room.push({ name, ...space });
    } catch (error) {
      failures.push({ name, error });
    }
  }
  const isLost = failures.length === repositories.length;
  const warnings = failures.map(
    ({ name, error }) => `repository ${name} has no point: ${asStackholdError(error).message}`,
  );
  return { room, warnings: isLost ? [] : warnings, error: isLost ? failures[0]?.error : undefined };
}
