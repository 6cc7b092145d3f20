import { constants, type Dirent, lstatSync, readFile } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { isBackupId, parseBackupId } from "../../domain/backup-id.ts";
import type { ArchiveFile, Manifest } from "../../domain/manifest.ts";
import { newestFirst } from "../../domain/select-point.ts";
import type { PointFilter, PointRef, PointSummary } from "../../ports/repository.ts";
import { mapBounded } from "./bounded.ts";
import { errnoOf, isMissing, type Whereabouts } from "./errors.ts";
import { exists } from "./exists.ts";
import { pointPaths } from "./layout.ts";
import { type Reading, readManifestText } from "./manifest-text.ts";
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

/** Of a damaged point whose manifest can be read, also what it says. */
interface Listed {
  readonly status: PointSummary["status"];
  readonly manifest?: Manifest;
}

/** Newest first. Directories that are not a point's are passed over. */
export async function listPoints(at: Whereabouts, filter: PointFilter): Promise<PointSummary[]> {
  const places = await pointPlaces(at.path, filter);
  const found = await mapBounded(places, atOnce, async (ref) => {
    const reading = await listedReading(at.path, ref);
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
    const entries = await entriesIn(directory, filter.unit ?? filter.host);
    const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    return names.filter(isBackupId).map((backupId) => ({ host, unit, backupId }));
  });
  return places.flat();
}

/** A manifest whose files are not all there is of a damaged point, whatever else it says. */
async function listedReading(root: string, ref: PointRef): Promise<Listed | undefined> {
  const reading = await readingOf(root, ref);
  if (reading?.status !== "complete") return reading;
  const { point } = pointPaths(root, ref);
  const archives = reading.manifest.parts.flatMap((part) => part.archives);
  const isWhole = archives.every((archive) => isThere(point, archive));
  return isWhole ? reading : { ...reading, status: "damaged" };
}

/**
 * As recorded, without reading it. Synchronously, a point at a time: thousands of calls through
 * Node's threads cost as much again as the whole list.
 */
function isThere(point: string, { file, bytes }: ArchiveFile): boolean {
  try {
    const found = lstatSync(join(point, file), { throwIfNoEntry: false });
    return found?.isFile() === true && found.size === bytes;
  } catch (thrown) {
    if (errnoOf(thrown) === undefined) throw thrown;
    return false;
  }
}

/** Undefined where nothing is published; a manifest that cannot be read is a damaged one. */
export async function readingOf(root: string, ref: PointRef): Promise<Reading | undefined> {
  try {
    const { manifest } = pointPaths(root, ref);
    return readManifestText(await readText(manifest, { encoding: "utf8", flag: promptly }), ref);
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    const code = errnoOf(thrown);
    if (code === undefined) throw thrown;
    return { status: "damaged", why: `its manifest cannot be read (${code})` };
  }
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

function summarize(
  repository: string,
  ref: PointRef,
  reading: Listed,
): Omit<PointSummary, "pinned"> {
  const shared = { ...ref, repository, status: reading.status };
  if ("manifest" in reading) return { ...shared, ...figures(reading.manifest) };
  const createdAt = parseBackupId(ref.backupId)?.toISOString() ?? "";
  const nothing = { bytes: 0, storedBytes: 0, warnings: 0 };
  return { ...shared, createdAt, scope: "unknown", kind: "stack", ...nothing };
}

function figures(manifest: Manifest) {
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
