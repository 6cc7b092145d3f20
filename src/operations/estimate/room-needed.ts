import type { RepositoryEstimate, UnitEstimate } from "../../domain/estimate-result.ts";
import type { StackholdError } from "../../errors.ts";
import type { Repository } from "../../ports/repository.ts";

interface Use {
  stored: number;
  needed: number;
}

const none = (): Use => ({ stored: 0, needed: 0 });

/**
 * What a run over the units needs in the repositories: each unit must find its room beside what the
 * ones before it have stored. Repositories of one file system share its room.
 */
export async function roomNeeded(
  units: readonly UnitEstimate[],
  repositories: readonly Repository[],
  failed: ReadonlyMap<string, StackholdError>,
): Promise<RepositoryEstimate[]> {
  const spaces = new Map(
    await Promise.all(
      repositories.map(async (repository) => {
        const space = failed.has(repository.name) ? undefined : await repository.space();
        return [repository.name, space] as const;
      }),
    ),
  );
  const placeOf = (name: string) => spaces.get(name)?.fileSystem ?? `repository ${name}`;
  const places = new Map<string, Use>();
  const stored = new Map<string, number>();
  for (const unit of units) {
    const next = new Map<string, Use>();
    for (const { name, storedBytes, neededBytes } of unit.repositories) {
      stored.set(name, (stored.get(name) ?? 0) + storedBytes);
      const own = next.get(placeOf(name)) ?? none();
      const sum = { stored: own.stored + storedBytes, needed: own.needed + neededBytes };
      next.set(placeOf(name), sum);
    }
    for (const [place, own] of next) {
      const before = places.get(place) ?? none();
      places.set(place, {
        stored: before.stored + own.stored,
        needed: Math.max(before.needed, before.stored + own.needed),
      });
    }
  }
  return repositories.map(({ name }) => {
    const neededBytes = Math.round((places.get(placeOf(name)) ?? none()).needed);
    const freeBytes = spaces.get(name)?.freeBytes;
    const error = failed.get(name)?.toDocument().error;
    return {
      name,
      storedBytes: stored.get(name) ?? 0,
      neededBytes,
      ...(freeBytes === undefined ? {} : { freeBytes, enough: neededBytes <= freeBytes }),
      ...(error === undefined ? {} : { error }),
    };
  });
}
