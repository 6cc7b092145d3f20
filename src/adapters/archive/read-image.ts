import { join } from "node:path";
import type { SavedImage } from "../../domain/manifest.ts";
import { StackholdError } from "../../errors.ts";
import type { Activity } from "../../ports/capture.ts";
import { counting } from "./counting.ts";
import { decompressed } from "./image-codec.ts";
import { contentProblem } from "./verify-point.ts";

/** The checksum comes first: an engine must not get half of a damaged image. */
export async function* readImage(
  directory: string,
  image: SavedImage,
  activity: Activity,
): AsyncGenerator<Uint8Array> {
  const onBytes = counting(activity, image.bytes);
  const problem = await contentProblem(directory, image, onBytes, activity.signal);
  if (problem !== undefined) {
    throw new StackholdError("POINT_DAMAGED", `${join(directory, image.file)} ${problem}`);
  }
  yield* decompressed(join(directory, image.file), image.compression);
}
