import { lstat, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { PointRef } from "../../ports/repository.ts";
import { syncDirectory } from "./durable.ts";
import { newerFormat } from "./errors.ts";
import { refreshLatest } from "./latest-link.ts";
import { pointPaths } from "./layout.ts";
import { readingOf } from "./list-points.ts";
import { readOutlineText } from "./manifest-text.ts";
import { unknownPoint } from "./point-reader.ts";
import type { ArchiveSettings } from "./settings.ts";

/** The point vanishes by one rename, then its bytes go. A killed removal is ended by `sweep`. */
export async function removePoint(
  settings: ArchiveSettings,
  ref: PointRef,
): Promise<{ readonly freedBytes: number }> {
  const paths = pointPaths(settings.path, ref);
  const reading = await readingOf(settings.path, ref, readOutlineText);
  if (reading === undefined) throw unknownPoint(settings, ref);
  if (reading.status === "newer") throw newerFormat(settings, `point ${ref.backupId}`);
  await rm(paths.removed, { recursive: true, force: true });
  await rename(paths.point, paths.removed);
  await syncDirectory(paths.unit);
  await refreshLatest(paths.unit);
  const freedBytes = await bytesIn(paths.removed);
  await rm(paths.removed, { recursive: true, force: true });
  return { freedBytes };
}

async function bytesIn(directory: string): Promise<number> {
  const names = await readdir(directory);
  const sizes = await Promise.all(
    names.map(async (name) => (await lstat(join(directory, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
