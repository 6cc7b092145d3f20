import type { BackupResult } from "../../domain/results.ts";
import type { Space } from "../../ports/capture.ts";
import type { Repository } from "../../ports/repository.ts";

/**
 * How full the disks of the repositories are; absent where the storage cannot tell, or is gone by now: what a run has
 * done counts more than that.
 */
export async function diskUse(
  repositories: readonly Repository[],
): Promise<BackupResult["repositories"]> {
  return Promise.all(
    repositories.map(async (repository) => {
      const space = await repository.space().catch(() => undefined);
      if (space === undefined) return { name: repository.name };
      const { totalBytes, usedBytes, freeBytes } = space;
      const disk = { totalBytes, usedBytes, freeBytes, usedPercent: usedPercent(space) };
      return { name: repository.name, disk };
    }),
  );
}

/** As df counts: of what can be used at all, without blocks that are reserved, and rounded up. */
export function usedPercent({ usedBytes, freeBytes }: Pick<Space, "usedBytes" | "freeBytes">) {
  const usable = usedBytes + freeBytes;
  return usable === 0 ? 0 : Math.ceil((usedBytes * 100) / usable);
}
