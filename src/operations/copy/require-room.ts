import type { Manifest } from "../../domain/manifest.ts";
import { roomFor } from "../../domain/room.ts";
import { StackholdError } from "../../errors.ts";
import { bytes as inWords } from "../../events/amounts.ts";
import type { Repository } from "../../ports/repository.ts";
import { compressedShare, requireFree, reserveBytes } from "../backup/check-space.ts";
import type { RoomiestPlace } from "../roomiest-place.ts";

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}

/** An archive's files tell what others will take; another kind may share what it stores. */
async function neededIn(to: Repository, from: Repository, manifest: Manifest): Promise<number> {
  const { host, unit, parts, images = [] } = manifest;
  const kept = await to.savedImages({ host, unit });
  const missing = images.filter(({ id }) => !kept.has(id)).map(({ bytes }) => bytes);
  const stored = parts.map((part) =>
    from.kind === "archive" ? part.storedBytes : roomFor(part) * compressedShare,
  );
  return sum(stored) + sum(missing) + reserveBytes;
}

/**
 * NO_SPACE unless the repository takes the point and the place for unpacking the largest part: parts
 * are unpacked one after another. On one disk they need both.
 */
export async function requireRoom(
  { from, to, manifest }: { from: Repository; to: Repository; manifest: Manifest },
  place: RoomiestPlace | undefined,
): Promise<void> {
  const { unit, backupId, parts } = manifest;
  const needed = await neededIn(to, from, manifest);
  const space = await to.space();
  const what = `point ${backupId} of ${unit}`;
  if (space !== undefined) requireFree(what, needed, to, space);
  if (place === undefined) return;
  const beside = space?.fileSystem === place.space.fileSystem ? needed : reserveBytes;
  const unpacked = Math.max(0, ...parts.map(roomFor)) + beside;
  if (unpacked <= place.space.freeBytes) return;
  throw new StackholdError(
    "NO_SPACE",
    `${place.root} has ${inWords(place.space.freeBytes)} free, unpacking ${what} needs ${inWords(unpacked)}`,
    { hint: `${place.hint}; nothing was copied` },
  );
}
