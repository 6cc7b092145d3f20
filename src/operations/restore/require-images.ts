import type { ImagePin } from "../../domain/image-pins.ts";
import type { RecordedMember } from "../../domain/manifest.ts";
import { isErrorCode } from "../../errors.ts";
import type { PointReader } from "../../ports/repository.ts";
import type { Context, Deps } from "../context.ts";
import { imagesMissing, type Obtained, obtainImage } from "./obtain-image.ts";

/** Images that Compose shall make containers of. */
export interface RequiredImages {
  /** Where a name means another image by now than the one that ran, which is there. */
  readonly pins: readonly ImagePin[];
  /** Of images that cannot be had any more. */
  readonly warnings: readonly string[];
}

function pinsOf(members: readonly RecordedMember[], { reference }: Obtained): ImagePin[] {
  return members.flatMap(({ service, image }) =>
    service === undefined || reference === image.reference
      ? []
      : [{ service, name: image.reference, reference }],
  );
}

/**
 * Sees to it that containers can be created of the images that ran, by digest where a name is gone or
 * means another one. IMAGE_MISSING names every one that cannot be had.
 */
export async function requireImages(
  missing: readonly RecordedMember[],
  reader: PointReader,
  deps: Deps,
  context: Context,
): Promise<RequiredImages> {
  const lacking: string[] = [];
  const warnings: string[] = [];
  const pins: ImagePin[] = [];
  const byImage = Map.groupBy(missing, ({ image }) => `${image.id} ${image.reference}`);
  for (const [, members] of byImage) {
    const [member] = members;
    if (member === undefined) continue;
    try {
      const obtained = await obtainImage(member, reader, deps, context);
      const pinned = pinsOf(members, obtained);
      pins.push(...pinned);
      if (pinned.length === 0) warnings.push(...obtained.warnings);
    } catch (error) {
      if (!isErrorCode(error, "IMAGE_MISSING")) throw error;
      lacking.push(member.image.reference);
    }
  }
  if (lacking.length > 0) throw imagesMissing([...new Set(lacking)]);
  return { pins, warnings };
}
