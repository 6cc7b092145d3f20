import { mkdtemp, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ArchiveFile, SavedImage, StoredPart } from "../../domain/manifest.ts";
import { formatPart } from "../../domain/part.ts";
import { StackholdError } from "../../errors.ts";
import type { Activity } from "../../ports/capture.ts";
import type { HandOut, PointRef } from "../../ports/repository.ts";
import { archiveFileName, imageFileName } from "./names.ts";
import { storedSizes } from "./part-files.ts";
import { shareImage } from "./saved-images.ts";
import { makeSpool } from "./spool.ts";
import { contentProblem } from "./verify-point.ts";
import { during, type WritingPoint } from "./writing-point.ts";

type FileFacts = Pick<ArchiveFile, "file" | "bytes" | "sha256">;

/** Under the names that this repository gives; those of the other are only looked at. */
export async function adoptPart(
  part: StoredPart,
  handOut: HandOut,
  point: WritingPoint,
  activity: Activity,
): Promise<StoredPart> {
  const archives = await inScratch(point, async (directory) => {
    const handed = await handOut(directory);
    await checkAll(directory, handed, formatPart(part), during(point, activity));
    const kept = handed.map((each) => ({
      ...each,
      file: archiveFileName(part, each.role, each.compression),
    }));
    await moveAll(directory, handed, kept, point);
    return kept;
  });
  return { ...part, ...storedSizes(archives), archives };
}

/** Shared with an earlier point where that is possible. */
export async function adoptImage(
  image: SavedImage,
  handOut: (directory: string) => Promise<void>,
  of: Pick<PointRef, "host" | "unit">,
  point: WritingPoint,
  activity: Activity,
): Promise<SavedImage> {
  const { settings, directory: own } = point;
  const inTime = during(point, activity);
  const shared = await shareImage(settings, of, image.id, own, () => undefined, inTime.signal);
  if (shared !== undefined) return shared;
  const kept = { ...image, file: imageFileName(image.id, image.compression) };
  await inScratch(point, async (directory) => {
    await handOut(directory);
    await checkAll(directory, [image], `image ${image.id}`, inTime);
    await moveAll(directory, [image], [kept], point);
  });
  return kept;
}

async function inScratch<T>(
  { directory }: WritingPoint,
  work: (scratch: string) => Promise<T>,
): Promise<T> {
  const scratch = await mkdtemp(join(await makeSpool(directory), "adopted-"));
  try {
    return await work(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** What arrived is read again, so that neither the source's disk nor the way is trusted. */
async function checkAll(
  directory: string,
  files: readonly FileFacts[],
  what: string,
  { signal, onProgress }: Activity & { readonly signal: AbortSignal },
): Promise<void> {
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let read = 0;
  const onBytes = (more: number): void => {
    read += more;
    onProgress?.({ bytes: read, totalBytes });
  };
  for (const file of files) {
    const problem = await contentProblem(directory, file, onBytes, signal);
    if (problem === undefined) continue;
    throw new StackholdError("POINT_DAMAGED", `${what}: ${file.file} ${problem}`, {
      hint: "nothing was copied; stackhold verify tells what else of the point is damaged",
    });
  }
}

/** Private and durable, in the place of the point's other files. */
async function moveAll(
  directory: string,
  from: readonly FileFacts[],
  to: readonly FileFacts[],
  point: WritingPoint,
): Promise<void> {
  for (const [index, { file }] of from.entries()) {
    const path = join(directory, file);
    const handle = await open(path, "r");
    try {
      await handle.chmod(0o600);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(path, join(point.directory, to[index]?.file ?? file));
  }
}
