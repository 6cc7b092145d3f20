import { Buffer } from "node:buffer";
import { constants, copyFile, type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ArchiveFile } from "../../domain/manifest.ts";
import { StackholdError } from "../../errors.ts";
import type { Activity } from "../../ports/capture.ts";
import { counting } from "./counting.ts";
import { errnoOf, inRepository, isFull, type Whereabouts } from "./errors.ts";

const pieceSize = 1 << 20;

/**
 * Copies of a part's files. They share blocks with the originals where the file system can do that.
 * What cannot be read is the repository's failure, what cannot be written the directory's.
 */
export async function handOut(
  at: Whereabouts,
  from: string,
  archives: readonly Pick<ArchiveFile, "file" | "bytes">[],
  directory: string,
  activity: Activity,
): Promise<void> {
  const totalBytes = archives.reduce((sum, { bytes }) => sum + bytes, 0);
  const onBytes = counting(activity, totalBytes);
  for (const { file, bytes: size } of archives) {
    refuseCancelled(activity.signal);
    const to = join(directory, file);
    if (await cloned(join(from, file), to)) onBytes(size);
    else await copied(at, join(from, file), to, onBytes, activity.signal);
  }
}

async function cloned(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
    return true;
  } catch (thrown) {
    if (errnoOf(thrown) === "EEXIST") throw unwritable(to, thrown);
    await rm(to, { force: true });
    return false;
  }
}

async function copied(
  at: Whereabouts,
  from: string,
  to: string,
  onBytes: (bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const source = await inRepository(at, () => open(from, "r"));
  try {
    const target = await writing(to, () => open(to, "wx", 0o600));
    try {
      await pour(at, source, to, target, onBytes, signal);
      await writing(to, () => target.datasync());
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function pour(
  at: Whereabouts,
  source: FileHandle,
  to: string,
  target: FileHandle,
  onBytes: (bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(pieceSize);
  for (;;) {
    refuseCancelled(signal);
    const { bytesRead } = await inRepository(at, () => source.read(buffer, 0, pieceSize, null));
    if (bytesRead === 0) return;
    await writing(to, () => target.appendFile(buffer.subarray(0, bytesRead)));
    onBytes(bytesRead);
  }
}

function refuseCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new StackholdError("CANCELLED", "copying was cancelled");
}

/** What goes wrong there is no fault of the repository. */
async function writing<T>(to: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw unwritable(to, thrown);
  }
}

/** What goes wrong where somebody wants files to be written. */
export function unwritable(to: string, cause: unknown): StackholdError {
  if (isFull(cause)) {
    return new StackholdError("NO_SPACE", `no space left for ${to}`, {
      hint: "free space there, or name a directory with more room",
      cause,
    });
  }
  return new StackholdError("OUTPUT_UNWRITABLE", `${to} cannot be written: ${errnoOf(cause)}`, {
    hint: "name a directory that can be written",
    cause,
  });
}
