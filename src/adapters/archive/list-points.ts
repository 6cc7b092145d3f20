import { lstatSync, type Stats } from "node:fs";
import { parseBackupId } from "../../domain/backup-id.ts";
import { type ArchiveFile, filesOf, imageBytesOf, type Manifest } from "../../domain/manifest.ts";
import { type Reading, readManifestText } from "../../domain/manifest-text.ts";
import { newestFirst } from "../../domain/select-point.ts";
import type { Clock } from "../../ports/clock.ts";
import type { PointFilter, PointRef, PointSummary } from "../../ports/repository.ts";
import { mapBounded } from "./bounded.ts";
import { errnoOf, isMissing, type Whereabouts } from "./errors.ts";
import { type PointPaths, pointPaths } from "./layout.ts";
import { directoryName } from "./names.ts";
import { atOnce, pointPlaces } from "./point-places.ts";
import { createTextReader, type ReadText, readText } from "./read-text.ts";

/** Of a damaged point whose manifest can be read, also what it says. */
interface Listed {
  readonly status: PointSummary["status"];
  readonly manifest?: Manifest;
}

/** Newest first. Directories that are not a point's are passed over. */
export async function listPoints(
  at: Whereabouts,
  filter: PointFilter,
  clock: Clock,
): Promise<PointSummary[]> {
  const places = await pointPlaces(at.path, filter);
  const read = createTextReader(clock);
  const found = await mapBounded(places, atOnce, async (ref) => {
    const paths = pointPaths(at.path, ref);
    const reading = await listedReading(paths, ref, read);
    if (reading === undefined) return [];
    // Where that cannot be told, a removal fails as well.
    const pinned = lookAt(paths.pin) !== undefined;
    return [{ ...summarize(at.name, ref, reading), pinned }];
  });
  return found.flat().sort(newestFirst);
}

/** A manifest whose files are not all there is of a damaged point, whatever else it says. */
async function listedReading(
  { manifest, point }: PointPaths,
  ref: PointRef,
  read: ReadText,
): Promise<Listed | undefined> {
  const reading = await readingAt(manifest, ref, read);
  if (reading?.status !== "complete") return reading;
  const isWhole = filesOf(reading.manifest).every((archive) => isThere(point, archive));
  return isWhole ? reading : { ...reading, status: "damaged" };
}

/** As recorded, without reading it. */
function isThere(point: string, { file, bytes }: Pick<ArchiveFile, "file" | "bytes">): boolean {
  const found = lookAt(`${point}/${file}`);
  return found?.isFile() === true && found.size === bytes;
}

/**
 * Undefined where nothing is, or where that cannot be told. Synchronously, a point at a time:
 * thousands of calls through Node's threads cost as much again as the whole list.
 */
function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (thrown) {
    if (errnoOf(thrown) === undefined) throw thrown;
    return undefined;
  }
}

/** Undefined where nothing is published; a manifest that cannot be read is a damaged one. */
export async function readingOf(root: string, ref: PointRef): Promise<Reading | undefined> {
  return readingAt(pointPaths(root, ref).manifest, ref, readText);
}

async function readingAt(
  manifest: string,
  ref: PointRef,
  read: ReadText,
): Promise<Reading | undefined> {
  try {
    return readManifestText(await read(manifest), (found) => isAt(ref, found));
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    const code = errnoOf(thrown);
    if (code === undefined) throw thrown;
    return { status: "damaged", why: `its manifest cannot be read (${code})` };
  }
}

/** Long names are cut on disk, and so are only known as far. */
function isAt(ref: PointRef, manifest: Manifest): boolean {
  return (
    directoryName(manifest.host) === directoryName(ref.host) &&
    directoryName(manifest.unit) === directoryName(ref.unit) &&
    manifest.backupId === ref.backupId
  );
}

function summarize(
  repository: string,
  ref: PointRef,
  reading: Listed,
): Omit<PointSummary, "pinned"> {
  const shared = { ...ref, repository, status: reading.status };
  if ("manifest" in reading) return { ...shared, ...figures(reading.manifest) };
  const createdAt = parseBackupId(ref.backupId)?.toISOString() ?? "";
  const nothing = { bytes: 0, storedBytes: 0, imageBytes: 0, warnings: 0 };
  return { ...shared, createdAt, scope: "unknown", kind: "stack", ...nothing };
}

function figures(manifest: Manifest) {
  const { host, unit, kind, scope, createdAt, parts, images, warnings } = manifest;
  const imageBytes = imageBytesOf(images);
  return {
    host,
    unit,
    kind,
    scope,
    createdAt,
    bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
    storedBytes: parts.reduce((sum, part) => sum + part.storedBytes, imageBytes),
    imageBytes,
    warnings: warnings.length,
  };
}
