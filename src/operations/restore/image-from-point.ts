import type { Manifest, RecordedMember, SavedImage } from "../../domain/manifest.ts";
import { isErrorCode, messageOf, StackholdError } from "../../errors.ts";
import { bytes as inWords } from "../../events/amounts.ts";
import type { PointReader } from "../../ports/repository.ts";
import type { Context, Deps } from "../context.ts";
import { progressReporter } from "../progress.ts";
import { requireSpace } from "./require-space.ts";

type Recorded = Pick<RecordedMember, "image">;

function savedImageOf(
  { image: { id } }: Recorded,
  { images = [] }: Pick<Manifest, "images">,
): SavedImage | undefined {
  return images.find((one) => one.id === id);
}

/** Whether the engine has the image, under whatever name. */
async function hasImage({ image }: Recorded, { engine }: Pick<Deps, "engine">) {
  for (const own of [image.digest, image.id]) {
    if (own !== undefined && (await engine.image(own)) !== undefined) return true;
  }
  return (await engine.image(image.reference))?.id === image.id;
}

/** References of images that a restore would load from the point. A name that Compose finds stays as it is. */
export async function imagesFromPoint(
  missing: readonly Recorded[],
  manifest: Manifest,
  deps: Pick<Deps, "engine">,
): Promise<string[]> {
  const loaded = new Set<string>();
  for (const member of missing) {
    const { reference } = member.image;
    if (loaded.has(reference) || savedImageOf(member, manifest) === undefined) continue;
    const isTaken = manifest.kind === "stack" && (await deps.engine.image(reference)) !== undefined;
    if (!isTaken && !(await hasImage(member, deps))) loaded.add(reference);
  }
  return [...loaded];
}

/** Of an image, as an act. */
export const loadText = (reference: string) =>
  `load the image ${reference}, which comes from the point`;

function damaged(reference: string, cause: unknown): StackholdError {
  return new StackholdError(
    "POINT_DAMAGED",
    `the image ${reference} in the point is damaged: ${messageOf(cause)}`,
    {
      hint: `nothing was touched: get the image by hand (docker pull, docker load) and run this again, or restore another point: stackhold list points`,
      cause,
    },
  );
}

/**
 * Loads the image that a container ran, where the point keeps it, and sees that it is that one.
 * False where the point keeps none, or the engine does not take it. POINT_DAMAGED, NO_SPACE.
 */
export async function loadFromPoint(
  member: Recorded,
  reader: PointReader,
  deps: Deps,
  { signal, emit }: Context,
): Promise<boolean> {
  const { manifest } = reader;
  const { reference, id } = member.image;
  const saved = savedImageOf(member, manifest);
  if (saved === undefined) return false;
  const log = (level: "info" | "warning", message: string) =>
    emit({ type: "log", unit: manifest.unit, level, message });
  const { dataRoot } = await deps.engine.info();
  const part = { bytes: saved.tarBytes, files: 1 };
  await requireSpace([{ part, path: dataRoot }], deps);
  log("info", `loading the image ${reference} (${inWords(saved.tarBytes)}) from the point`);
  const about = { unit: manifest.unit, subject: `image:${reference}` };
  const onProgress = progressReporter(about, deps.clock, emit);
  try {
    await deps.engine.loadImage(() => reader.readImage(saved, { signal, onProgress }), signal);
  } catch (error) {
    signal.throwIfAborted();
    if (isErrorCode(error, "POINT_DAMAGED")) throw damaged(reference, error);
    log("warning", `the engine does not take the image ${reference}: ${messageOf(error)}`);
    return false;
  }
  if ((await deps.engine.image(id)) !== undefined) return true;
  log("warning", `the image ${reference} of the point is another one for this engine (not ${id})`);
  return false;
}
