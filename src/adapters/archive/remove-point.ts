import { lstat, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { StackholdError } from "../../errors.ts";
import type { PointRef } from "../../ports/repository.ts";
import { syncDirectory } from "./durable.ts";
import { exists } from "./exists.ts";
import { refreshLatest } from "./latest-link.ts";
import { pointPaths } from "./layout.ts";
import { pinFile } from "./names.ts";
import { requireOurs } from "./require-ours.ts";
import type { ArchiveSettings } from "./settings.ts";

/** The point vanishes by one rename, then its bytes go. A killed removal is ended by `sweep`. */
export async function removePoint(
  settings: ArchiveSettings,
  ref: PointRef,
): Promise<{ readonly freedBytes: number }> {
  const paths = pointPaths(settings.path, ref);
  await requireOurs(settings, ref);
  if (await exists(paths.pin)) throw pinned(settings, ref);
  await rm(paths.removed, { recursive: true, force: true });
  await rename(paths.point, paths.removed);
  if (await exists(join(paths.removed, pinFile))) {
    // Somebody pinned it a moment ago.
    await rename(paths.removed, paths.point);
    throw pinned(settings, ref);
  }
  await syncDirectory(paths.unit);
  await refreshLatest(paths.unit);
  const freedBytes = await bytesIn(paths.removed);
  await rm(paths.removed, { recursive: true, force: true });
  return { freedBytes };
}

function pinned(settings: ArchiveSettings, ref: PointRef): StackholdError {
  return new StackholdError(
    "POINT_PINNED",
    `point ${ref.backupId} of ${ref.unit} in ${settings.name} is pinned`,
    { hint: `stackhold admin snapshot unpin ${ref.unit} ${ref.backupId} lets it go` },
  );
}

/** A file that another point has as well is not freed. */
async function bytesIn(directory: string): Promise<number> {
  const names = await readdir(directory);
  const sizes = await Promise.all(
    names.map(async (name) => {
      const { size, nlink } = await lstat(join(directory, name));
      return nlink > 1 ? 0 : size;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
