import { type ImageToSave, imageName } from "../../domain/recipe/images.ts";
import { redactText } from "../../domain/recipe/redact-text.ts";
import type { Unprotected } from "../../domain/sources/candidates.ts";
import { watching } from "../../domain/watched.ts";
import { isErrorCode, messageOf } from "../../errors.ts";
import { bytes as inWords } from "../../events/amounts.ts";
import type { Context, Deps } from "../context.ts";
import { progressReporter } from "../progress.ts";
import type { Destination, Storing } from "./freeze/store-parts.ts";

function notSaved({ references }: ImageToSave, thrown: unknown): Unprotected[] {
  const told = redactText(messageOf(thrown));
  const todo = isErrorCode(thrown, "IMAGE_MISSING")
    ? "pull or build it, and create the container anew"
    : "see the engine's log; the next backup tries again";
  return references.map((reference) => ({
    what: imageName(reference),
    why: `it is not kept with the point: ${told}: ${todo}`,
  }));
}

/** What the engine does not give is a gap; what a repository does not take is that one's failure. */
async function saveOne(
  image: ImageToSave,
  destination: Destination,
  { unit, destinations }: Storing,
  deps: Deps,
  { emit, signal }: Context,
): Promise<Unprotected[]> {
  const { name, writer } = destination;
  if (writer === undefined || destination.error !== undefined) return [];
  const watch = watching();
  const content = (own: AbortSignal) => watch.through(deps.engine.saveImage(image.id, own));
  const [reference = image.id] = image.references;
  const onProgress = progressReporter({ unit, subject: imageName(reference) }, deps.clock, emit);
  try {
    const saved = await writer.storeImage({ id: image.id, content }, { signal, onProgress });
    destination.images.push(saved);
    const message = `stored image ${reference} in ${name}: ${inWords(saved.tarBytes)}, file of ${inWords(saved.bytes)}`;
    emit({ type: "log", unit, level: "info", message });
    return [];
  } catch (error) {
    signal.throwIfAborted();
    if (watch.failure !== undefined) return notSaved(image, watch.failure.thrown);
    destination.error = error;
    if (destinations.every((other) => other.error !== undefined)) throw error;
    return [];
  }
}

/** One after the other, beside whatever else is stored while the unit runs. */
export async function saveImages(
  images: readonly ImageToSave[],
  storing: Storing,
  deps: Deps,
  context: Context,
): Promise<Unprotected[]> {
  const gaps = new Map<string, Unprotected>();
  for (const image of images) {
    for (const destination of storing.destinations) {
      context.signal.throwIfAborted();
      const found = await saveOne(image, destination, storing, deps, context);
      for (const gap of found) gaps.set(gap.what, gap);
    }
  }
  return [...gaps.values()];
}
