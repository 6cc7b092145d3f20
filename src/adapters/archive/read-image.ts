import { join } from "node:path";
import type { SavedImage } from "../../domain/manifest.ts";
import { StackholdError } from "../../errors.ts";
import type { Activity } from "../../ports/capture.ts";
import { counting } from "./counting.ts";
import { decompressed } from "./image-codec.ts";
import type { ArchiveDeps, ArchiveSettings } from "./settings.ts";
import { identityFor, sealingOf } from "./unsealed.ts";
import { contentProblem } from "./verify-point.ts";

/** The checksum comes first: an engine must not get half of a damaged image. */
export async function* readImage(
  settings: ArchiveSettings,
  deps: ArchiveDeps,
  directory: string,
  image: SavedImage,
  activity: Activity,
): AsyncGenerator<Uint8Array> {
  const identity = await identityFor(settings, deps, directory, [image]);
  const onBytes = counting(activity, image.bytes);
  const problem = await contentProblem(directory, image, onBytes, activity.signal);
  if (problem !== undefined) {
    throw new StackholdError("POINT_DAMAGED", `${join(directory, image.file)} ${problem}`);
  }
  const opening = identity === undefined ? undefined : sealingOf(deps).age.openStream(identity);
  yield* decompressed(join(directory, image.file), image.compression, opening);
}
