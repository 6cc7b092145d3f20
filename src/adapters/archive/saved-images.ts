import { link, lstat, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { SavedImage } from "../../domain/manifest.ts";
import type { PointRef } from "../../ports/repository.ts";
import { sameRecipients } from "../age/recipients.ts";
import { hashFile } from "../byte-streams/hash-file.ts";
import { mapBounded } from "./bounded.ts";
import { strangeArchive } from "./check-file.ts";
import { errnoOf, type Whereabouts } from "./errors.ts";
import { pointPaths } from "./layout.ts";
import { readingOf } from "./list-points.ts";
import { atOnce, pointPlaces } from "./point-places.ts";

interface Kept {
  /** The point's directory. */
  readonly directory: string;
  readonly image: SavedImage;
}

/** The images of all points of a unit, those of the newest first. */
async function keptImages(
  at: Whereabouts,
  { host, unit }: Pick<PointRef, "host" | "unit">,
): Promise<Kept[]> {
  const places = await pointPlaces(at.path, { host, unit });
  const newestFirst = places.toSorted((a, b) => (a.backupId < b.backupId ? 1 : -1));
  const kept = await mapBounded(newestFirst, atOnce, async (ref) => {
    const reading = await readingOf(at.path, ref);
    if (reading?.status !== "complete") return [];
    const directory = pointPaths(at.path, ref).point;
    return (reading.manifest.images ?? []).map((image) => ({ directory, image }));
  });
  return kept.flat();
}

/** Ids of those whose files are there, as large as they should be. */
export async function savedImageIds(
  at: Whereabouts,
  of: Pick<PointRef, "host" | "unit">,
): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const { directory, image } of await keptImages(at, of)) {
    if (!ids.has(image.id) && (await strangeArchive(directory, image)) === undefined) {
      ids.add(image.id);
    }
  }
  return ids;
}

/** Whether the file became another name of the one that is kept, and holds what it should. */
async function linked(
  { directory, image }: Kept,
  file: string,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<boolean> {
  if ((await strangeArchive(directory, image)) !== undefined) return false;
  await link(join(directory, image.file), file);
  try {
    if ((await hashFile(file, signal, onBytes)).sha256 === image.sha256) return true;
  } catch (thrown) {
    await unlink(file);
    throw thrown;
  }
  await unlink(file);
  return false;
}

/**
 * Gives the file of an image that an earlier point keeps one more name in this point, and tells what
 * it holds; undefined where none is whole, or the file system has no such names.
 */
export async function shareImage(
  at: Whereabouts,
  of: Pick<PointRef, "host" | "unit">,
  { id, recipients }: Pick<SavedImage, "id" | "recipients">,
  target: string,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<SavedImage | undefined> {
  const looked = new Set<bigint>();
  for (const kept of await keptImages(at, of)) {
    const { directory, image } = kept;
    if (image.id !== id || !sameRecipients(image.recipients, recipients)) continue;
    try {
      const { ino } = await lstat(join(directory, image.file), { bigint: true });
      if (looked.has(ino)) continue;
      looked.add(ino);
      if (await linked(kept, join(target, image.file), onBytes, signal)) return image;
    } catch (thrown) {
      // It was removed meanwhile, cannot be read, or cannot have another name: it is stored anew.
      if (errnoOf(thrown) === undefined) throw thrown;
    }
  }
  return undefined;
}
