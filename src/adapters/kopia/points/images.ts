import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { SavedImage } from "../../../domain/manifest.ts";
import type { Activity } from "../../../ports/capture.ts";
import type { ImageSource, PointRef } from "../../../ports/repository.ts";
import { passing } from "../../byte-streams/passing.ts";
import { type Snapshot, sizeOf, tagOf } from "../snapshots.ts";
import type { PointSnapshot } from "./catalogue.ts";
import { imageSource, isOurs } from "./sources.ts";
import type { StoringPoint } from "./store-part.ts";
import { decodedTag, imageTags } from "./tags.ts";
import { takeSnapshot } from "./take-snapshot.ts";

const file = "image.tar";

/**
 * An image is a snapshot of its unit, not of a point: points name it, and it goes when none does. What
 * is known of its content is in its tags.
 */
export function imagesOf(
  all: readonly Snapshot[],
  { host, unit }: Pick<PointRef, "host" | "unit">,
): { readonly saved: SavedImage; readonly snapshot: Snapshot }[] {
  return all.flatMap((snapshot) => {
    const isImage = isOurs(snapshot.source) && tagOf(snapshot, "type") === "image";
    const isOfUnit = decodedTag(snapshot, "unit") === unit && decodedTag(snapshot, "host") === host;
    const [id, sha256] = [decodedTag(snapshot, "image"), tagOf(snapshot, "sha256")];
    const object = snapshot.rootEntry?.obj;
    if (!isImage || !isOfUnit || snapshot.incomplete !== undefined) return [];
    if (id === undefined || sha256 === undefined || object === undefined) return [];
    const bytes = sizeOf(snapshot);
    const saved = {
      id,
      file,
      compression: "none",
      bytes,
      tarBytes: bytes,
      sha256,
      object,
    } as const;
    return [{ saved, snapshot }];
  });
}

/** Images that no point of the unit names any more. */
export function unusedImages(
  all: readonly Snapshot[],
  manifests: readonly PointSnapshot[],
  of: Pick<PointRef, "host" | "unit">,
): string[] {
  const own = manifests.filter(({ ref }) => ref.host === of.host && ref.unit === of.unit);
  const used = new Set(own.flatMap(({ snapshot }) => namedImages(snapshot)));
  return imagesOf(all, of).flatMap(({ saved, snapshot }) =>
    used.has(saved.id) ? [] : [snapshot.id],
  );
}

function namedImages(manifest: Snapshot): string[] {
  return (decodedTag(manifest, "images") ?? "").split(",").filter((id) => id !== "");
}

/** Through a file on this host, since Kopia would take a stream that broke off for a whole one. */
export async function storeImage(
  point: StoringPoint,
  image: ImageSource,
  known: SavedImage | undefined,
  index: number,
  activity: Activity,
): Promise<SavedImage> {
  if (known !== undefined) return known;
  const directory = join(point.directory, `image-${index}`);
  const signals = [point.ended, ...(activity.signal === undefined ? [] : [activity.signal])];
  const signal = AbortSignal.any(signals);
  await mkdir(directory, { mode: 0o700 });
  try {
    const path = join(directory, file);
    const hash = createHash("sha256");
    let bytes = 0;
    const noting = passing((piece) => {
      bytes += piece.length;
      hash.update(piece);
      activity.onProgress?.({ bytes });
    });
    const to = createWriteStream(path, { flags: "wx", mode: 0o600 });
    const from = Readable.from(image.content(signal), { objectMode: false });
    await pipeline(from, noting, to, { signal });
    const sha256 = hash.digest("hex");
    const { root: object } = await takeSnapshot(
      point,
      {
        path: directory,
        source: imageSource(point.ref, image.id),
        tags: imageTags(point.ref, image.id, sha256),
        flags: point.flags,
      },
      { signal },
    );
    const { id } = image;
    return { id, file, compression: "none", tarBytes: bytes, bytes, sha256, object };
  } catch (failure) {
    signal.throwIfAborted();
    throw failure;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
