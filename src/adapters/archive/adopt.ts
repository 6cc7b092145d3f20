import { mkdtemp, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ArchiveFile, SavedImage, StoredPart } from "../../domain/manifest.ts";
import { formatPart } from "../../domain/part.ts";
import { StackholdError } from "../../errors.ts";
import type { Activity } from "../../ports/capture.ts";
import type { HandOut, PointRef } from "../../ports/repository.ts";
import { sealedExtension } from "../age/filters.ts";
import { sameRecipients } from "../age/recipients.ts";
import { hashFile } from "../byte-streams/hash-file.ts";
import { archiveFileName, imageFileName } from "./names.ts";
import { storedSizes } from "./part-files.ts";
import { shareImage } from "./saved-images.ts";
import { makeSpool } from "./spool.ts";
import { sealingOf } from "./unsealed.ts";
import { contentProblem } from "./verify-point.ts";
import { during, type WritingPoint } from "./writing-point.ts";

type StoredFile = Omit<ArchiveFile, "role">;
type Checking = Activity & { readonly signal: AbortSignal };

/** Under the names that this repository gives; those of the other are only looked at. */
export async function adoptPart(
  part: StoredPart,
  handOut: HandOut,
  point: WritingPoint,
  activity: Activity,
): Promise<StoredPart> {
  const { recipients } = point;
  const nameOf = ({ role, compression }: ArchiveFile) =>
    archiveFileName(part, role, compression, recipients);
  const archives = await inScratch(point, async (directory) => {
    const handed = await handOut(directory);
    return takeAll(directory, handed, nameOf, formatPart(part), point, activity);
  });
  return { ...part, ...storedSizes(archives), archives };
}

/** Shared with an earlier point where that is possible. */
export async function adoptImage(
  image: SavedImage,
  handOut: (directory: string) => Promise<SavedImage>,
  of: Pick<PointRef, "host" | "unit">,
  point: WritingPoint,
  activity: Activity,
): Promise<SavedImage> {
  const { settings, directory: own, recipients } = point;
  const { signal } = during(point, activity);
  const wanted = { id: image.id, recipients: recipients && [...recipients] };
  const shared = await shareImage(settings, of, wanted, own, () => undefined, signal);
  if (shared !== undefined) return shared;
  const nameOf = ({ id, compression }: SavedImage) => imageFileName(id, compression, recipients);
  return inScratch(point, async (directory) => {
    const handed = [await handOut(directory)];
    const taken = await takeAll(directory, handed, nameOf, `image ${image.id}`, point, activity);
    return taken[0] ?? image;
  });
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

/** Checked, encrypted where this point is, and in the place of its other files: all of them or none. */
async function takeAll<T extends StoredFile>(
  directory: string,
  handed: readonly T[],
  nameOf: (file: T) => string,
  what: string,
  point: WritingPoint,
  activity: Activity,
): Promise<T[]> {
  const checking = during(point, activity);
  await checkAll(directory, handed, what, checking);
  const sealed: T[] = [];
  for (const file of handed) sealed.push(await sealedAs(directory, file, point, checking.signal));
  const kept: T[] = [];
  for (const file of sealed) {
    const name = nameOf(file);
    await flush(join(directory, file.file));
    await rename(join(directory, file.file), join(point.directory, name));
    kept.push({ ...file, file: name });
  }
  return kept;
}

/** What arrived is read again, so that neither the source's disk nor the way is trusted. */
async function checkAll(
  directory: string,
  files: readonly StoredFile[],
  what: string,
  { signal, onProgress }: Checking,
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

async function sealedAs<T extends StoredFile>(
  directory: string,
  file: T,
  { recipients, deps }: WritingPoint,
  signal: AbortSignal,
): Promise<T> {
  if (sameRecipients(file.recipients, recipients)) return file;
  if (file.recipients !== undefined || recipients === undefined) {
    throw new StackholdError("INTERNAL", `${file.file} was handed out encrypted to somebody else`);
  }
  const name = `${file.file}${sealedExtension}`;
  const path = join(directory, name);
  await sealingOf(deps).age.seal(join(directory, file.file), path, recipients, signal);
  await rm(join(directory, file.file));
  const hashed = await hashFile(path, signal);
  return { ...file, file: name, ...hashed, recipients: [...recipients] };
}

/** Private and durable. */
async function flush(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.chmod(0o600);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
