import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isBackupId } from "../../domain/backup-id.ts";
import type { PointFilter, PointRef } from "../../ports/repository.ts";
import { mapBounded } from "./bounded.ts";
import { errnoOf, isMissing } from "./errors.ts";
import { directoryName, nameOfDirectory } from "./names.ts";

/** More gains nothing: Node reads files with four threads. */
export const atOnce = 16;

/** Every directory that has the place and the name of a point, published or not. */
export async function pointPlaces(root: string, filter: PointFilter): Promise<PointRef[]> {
  const hosts = filter.host === undefined ? await namesIn(root) : [filter.host];
  const units = await mapBounded(hosts, atOnce, async (host) => {
    const directory = join(root, directoryName(host));
    const names = filter.unit === undefined ? await namesIn(directory, filter.host) : [filter.unit];
    return names.map((unit) => ({ host, unit, directory: join(directory, directoryName(unit)) }));
  });
  const places = await mapBounded(units.flat(), atOnce, async ({ host, unit, directory }) => {
    const entries = await entriesIn(directory, filter.unit ?? filter.host);
    const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    return names.filter(isBackupId).map((backupId) => ({ host, unit, backupId }));
  });
  return places.flat();
}

/** A unit that lies on another disk, or a whole host, may be a link there. Points never are. */
async function namesIn(directory: string, asked?: string): Promise<string[]> {
  const entries = await entriesIn(directory, asked);
  const names = await mapBounded(entries, atOnce, async (entry) =>
    entry.isDirectory() ||
    (entry.isSymbolicLink() && (await isDirectory(join(directory, entry.name))))
      ? nameOfDirectory(entry.name)
      : undefined,
  );
  return names.filter((name) => name !== undefined);
}

/** Links are followed; one that leads nowhere is no directory. */
async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (thrown) {
    if (errnoOf(thrown) === undefined) throw thrown;
    return false;
  }
}

/** A directory of somebody else that cannot be read is passed over unless it was asked for. */
async function entriesIn(directory: string, asked: string | undefined): Promise<Dirent[]> {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (thrown) {
    if (isMissing(thrown)) return [];
    if (errnoOf(thrown) === "EACCES" && asked === undefined) return [];
    throw thrown;
  }
}
