import type { RecordedMember } from "../../domain/manifest.ts";
import { isErrorCode, StackholdError } from "../../errors.ts";
import type { PointReader } from "../../ports/repository.ts";
import type { Context, Deps } from "../context.ts";
import { imagesMissing, obtainImage, pulled } from "./obtain-image.ts";

/** A name with a digest is no name that an image could be given: only a pull makes it. */
async function requireName(
  { image: { reference, id } }: RecordedMember,
  deps: Deps,
  context: Context,
): Promise<void> {
  if ((await deps.engine.image(reference)) !== undefined) return;
  if (await pulled(reference, deps, context)) return;
  throw new StackholdError(
    "RESTORE_FAILED",
    `Compose cannot find ${reference}: the engine has that image, but not by this digest (it is ${id})`,
    {
      hint: `nothing was touched: give the image a tag (docker tag ${id} NAME:TAG), write that in the compose file, and run this again`,
    },
  );
}

/** Compose makes containers of what a name means; a name that is taken stays with what it means. */
async function warningsOf(
  member: RecordedMember,
  reader: PointReader,
  deps: Deps,
  context: Context,
): Promise<readonly string[]> {
  const { reference, digest, id } = member.image;
  const named = await deps.engine.image(reference);
  if (named === undefined) {
    const obtained = await obtainImage(member, reader, deps, context);
    if (obtained.reference !== reference) await requireName(member, deps, context);
    return obtained.warnings;
  }
  if (named.id === id) return [];
  return [
    `${reference} is another image by now than the one that ran (${digest ?? id}): what is created is made of it`,
  ];
}

/**
 * Sees to it that containers can be created of the images that ran, by digest where a name is gone.
 * Returns what to say of images that are others; IMAGE_MISSING names every one that cannot be had.
 */
export async function requireImages(
  missing: readonly RecordedMember[],
  reader: PointReader,
  deps: Deps,
  context: Context,
): Promise<string[]> {
  const lacking: string[] = [];
  const warnings: string[] = [];
  for (const [reference, [member]] of Map.groupBy(missing, ({ image }) => image.reference)) {
    if (member === undefined) continue;
    try {
      warnings.push(...(await warningsOf(member, reader, deps, context)));
    } catch (error) {
      if (!isErrorCode(error, "IMAGE_MISSING")) throw error;
      lacking.push(reference);
    }
  }
  if (lacking.length > 0) throw imagesMissing(lacking);
  return warnings;
}
