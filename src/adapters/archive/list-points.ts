import { constants, readFile } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { isBackupId, parseBackupId } from "../../domain/backup-id.ts";
import { newestFirst } from "../../domain/select-point.ts";
import type { PointFilter, PointRef, PointSummary } from "../../ports/repository.ts";
import { mapBounded } from "./bounded.ts";
import { errnoOf, isMissing, type Whereabouts } from "./errors.ts";
import { exists } from "./exists.ts";
import { pointPaths } from "./layout.ts";
import { type ManifestOutline, type Reading, readOutlineText } from "./manifest-text.ts";
import { directoryName, nameOfDirectory } from "./names.ts";

/** More gains nothing: Node reads files with four threads. */
const atOnce = 16;
/** Half the time of `node:fs/promises` for small files, and never blocks as the synchronous one. */
const readText = promisify(readFile);
/**
 * Whatever lies there under the name, a FIFO say, it is not waited for. Node takes flags by number
 * too, which its types do not say.
 */
const promptly = (constants.O_RDONLY | constants.O_NONBLOCK) as never;

/** Newest first. Directories that are not a point's are passed over. */
export async function listPoints(at: Whereabouts, filter: PointFilter): Promise<PointSummary[]> {
  const places = await pointPlaces(at.path, filter);
  const found = await mapBounded(places, atOnce, async (ref) => {
    const reading = await readingOf(at.path, ref, readOutlineText);
    if (reading === undefined) return [];
    // Where that cannot be told, a removal fails as well.
    const pinned = await exists(pointPaths(at.path, ref).pin).catch(() => false);
    return [{ ...summarize(at.name, ref, reading), pinned }];
  });
  return found.flat().sort(newestFirst);
}

/** Every directory that has the place and the name of a point, published or not. */
export async function pointPlaces(root: string, filter: PointFilter): Promise<PointRef[]> {
  const hosts = filter.host === undefined ? await namesIn(root) : [filter.host];
  const units = await mapBounded(hosts, atOnce, async (host) => {
    const directory = join(root, directoryName(host));
    const names = filter.unit === undefined ? await namesIn(directory, filter.host) : [filter.unit];
    return names.map((unit) => ({ host, unit, directory: join(directory, directoryName(unit)) }));
  });
  const places = await mapBounded(units.flat(), atOnce, async ({ host, unit, directory }) => {
    const names = await directoriesIn(directory, filter.unit ?? filter.host);
    return names.filter(isBackupId).map((backupId) => ({ host, unit, backupId }));
  });
  return places.flat();
}

/** Undefined where nothing is published; a manifest that cannot be read is a damaged one. */
export async function readingOf<T>(
  root: string,
  ref: PointRef,
  read: (text: string, ref: PointRef) => Reading<T>,
): Promise<Reading<T> | undefined> {
  try {
    const { manifest } = pointPaths(root, ref);
    return read(await readText(manifest, { encoding: "utf8", flag: promptly }), ref);
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    const code = errnoOf(thrown);
    if (code === undefined) throw thrown;
    return { status: "damaged", why: `its manifest cannot be read (${code})` };
  }
}

async function namesIn(directory: string, asked?: string): Promise<string[]> {
  const names = (await directoriesIn(directory, asked)).map(nameOfDirectory);
  return names.filter((name) => name !== undefined);
}

/** A directory of somebody else that cannot be read is passed over unless it was asked for. */
async function directoriesIn(directory: string, asked: string | undefined): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (thrown) {
    if (isMissing(thrown)) return [];
    if (errnoOf(thrown) === "EACCES" && asked === undefined) return [];
    throw thrown;
  }
}

function summarize(
  repository: string,
  ref: PointRef,
  reading: Reading<ManifestOutline>,
): Omit<PointSummary, "pinned"> {
  const shared = { ...ref, repository, status: reading.status };
  if (reading.status === "complete") return { ...shared, ...figures(reading.manifest) };
  const createdAt = parseBackupId(ref.backupId)?.toISOString() ?? "";
  const nothing = { bytes: 0, storedBytes: 0, warnings: 0 };
  return { ...shared, createdAt, scope: "unknown", kind: "stack", ...nothing };
}

function figures(manifest: ManifestOutline) {
  const { host, unit, kind, scope, createdAt, parts, warnings } = manifest;
  return {
    host,
    unit,
    kind,
    scope,
    createdAt,
    bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
    storedBytes: parts.reduce((sum, part) => sum + part.storedBytes, 0),
    warnings: warnings.length,
  };
}
