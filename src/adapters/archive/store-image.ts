import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { SavedImage } from "../../domain/manifest.ts";
import type { Activity } from "../../ports/capture.ts";
import type { ImageSource, PointRef } from "../../ports/repository.ts";
import { passing } from "../byte-streams/passing.ts";
import { counting } from "./counting.ts";
import { compressing } from "./image-codec.ts";
import { imageFileName } from "./names.ts";
import { shareImage } from "./saved-images.ts";
import { sealingOf } from "./unsealed.ts";
import { during, type WritingPoint } from "./writing-point.ts";

async function compressed(
  { id, content }: ImageSource,
  { directory, settings, deps, recipients }: WritingPoint,
  activity: Activity,
  signal: AbortSignal,
): Promise<SavedImage> {
  const { compression } = settings;
  const path = join(directory, imageFileName(id, compression, recipients));
  const hash = createHash("sha256");
  const onBytes = counting(activity);
  let tarBytes = 0;
  let bytes = 0;
  try {
    await pipeline(
      Readable.from(content(signal), { objectMode: false }),
      passing((piece) => {
        tarBytes += piece.length;
        onBytes(piece.length);
      }),
      compressing(settings),
      recipients === undefined ? new PassThrough() : sealingOf(deps).age.sealStream(recipients),
      passing((piece) => {
        bytes += piece.length;
        hash.update(piece);
      }),
      createWriteStream(path, { flags: "wx", mode: 0o600, flush: true }),
      { signal },
    );
    const sealed = recipients === undefined ? {} : { recipients: [...recipients] };
    const file = { file: basename(path), compression, bytes, sha256: hash.digest("hex") };
    return { id, ...file, tarBytes, ...sealed };
  } catch (thrown) {
    await rm(path, { force: true });
    signal.throwIfAborted();
    throw thrown;
  }
}

/** Shared with an earlier point where that is possible, else written; durable, in either case. */
export async function storeImage(
  image: ImageSource,
  of: Pick<PointRef, "host" | "unit">,
  point: WritingPoint,
  activity: Activity,
): Promise<SavedImage> {
  const { directory, settings, recipients } = point;
  const { signal } = during(point, activity);
  const wanted = { id: image.id, recipients: recipients && [...recipients] };
  return (
    (await shareImage(settings, of, wanted, directory, counting(activity), signal)) ??
    (await compressed(image, point, activity, signal))
  );
}
