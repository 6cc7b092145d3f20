import type { BackupResult } from "../../domain/results.ts";
import type { Repository } from "../../ports/repository.ts";

/** How full the disks of the repositories are; absent where the storage cannot tell. */
export async function diskUse(
  repositories: readonly Repository[],
): Promise<BackupResult["repositories"]> {
  return Promise.all(
    repositories.map(async (repository) => {
      const space = await repository.space();
      if (space === undefined) return { name: repository.name };
      const { totalBytes, usedBytes } = space;
      const usedPercent = totalBytes === 0 ? 0 : Math.round((usedBytes / totalBytes) * 1000) / 10;
      return { name: repository.name, disk: { totalBytes, usedBytes, usedPercent } };
    }),
  );
}
