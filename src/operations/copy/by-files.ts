import type { SavedImage, StoredPart } from "../../domain/manifest.ts";
import { formatPart } from "../../domain/part.ts";
import type { Activity } from "../../ports/capture.ts";
import type { Adoption } from "../../ports/repository.ts";
import { progressReporter } from "../progress.ts";
import type { Transfer } from "./transfer.ts";

/** What is being worked on, for the copying of files and for their check. */
function activities({ reader, deps, context }: Transfer, subject: string) {
  const { unit } = reader.manifest;
  const { signal, emit } = context;
  const about = (what: string): Activity => ({
    signal,
    onProgress: progressReporter({ unit, subject: what }, deps.clock, emit),
  });
  return { copying: about(subject), checking: about(`checking ${subject}`) };
}

export async function partByFiles(
  part: StoredPart,
  adopt: Adoption,
  transfer: Transfer,
): Promise<StoredPart> {
  const { copying, checking } = activities(transfer, formatPart(part));
  const { reader } = transfer;
  const { recipients } = adopt;
  return adopt.part(
    part,
    (directory) => reader.handOut(part, directory, copying, recipients),
    checking,
  );
}

export async function imageByFile(
  image: SavedImage,
  adopt: Adoption,
  transfer: Transfer,
): Promise<SavedImage> {
  const { copying, checking } = activities(transfer, `image ${image.id}`);
  const { reader } = transfer;
  const { recipients } = adopt;
  return adopt.image(
    image,
    (directory) => reader.handOutImage(image, directory, copying, recipients),
    checking,
  );
}
