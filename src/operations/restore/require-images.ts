import type { RecordedMember } from "../../domain/manifest.ts";
import { isErrorCode } from "../../errors.ts";
import type { Context, Deps } from "../context.ts";
import { imagesMissing, obtainImage } from "./obtain-image.ts";

/** Compose makes containers of what a name means; a name that is taken stays with what it means. */
async function warningsOf(
  member: RecordedMember,
  deps: Deps,
  context: Context,
): Promise<readonly string[]> {
  const { reference, digest, id } = member.image;
  const named = await deps.engine.image(reference);
  if (named === undefined) return (await obtainImage(member, deps, context)).warnings;
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
  deps: Deps,
  context: Context,
): Promise<string[]> {
  const lacking: string[] = [];
  const warnings: string[] = [];
  for (const [reference, [member]] of Map.groupBy(missing, ({ image }) => image.reference)) {
    if (member === undefined) continue;
    try {
      warnings.push(...(await warningsOf(member, deps, context)));
    } catch (error) {
      if (!isErrorCode(error, "IMAGE_MISSING")) throw error;
      lacking.push(reference);
    }
  }
  if (lacking.length > 0) throw imagesMissing(lacking);
  return warnings;
}
