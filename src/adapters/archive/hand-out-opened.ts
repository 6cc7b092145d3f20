import { join } from "node:path";
import { type ArchiveFile, openedName } from "../../domain/manifest.ts";
import { isErrorCode, messageOf, StackholdError } from "../../errors.ts";
import type { Activity } from "../../ports/capture.ts";
import { sameRecipients } from "../age/recipients.ts";
import { hashFile } from "../byte-streams/hash-file.ts";
import { errnoOf } from "./errors.ts";
import { handOut, unwritable } from "./hand-out.ts";
import type { ArchiveDeps, ArchiveSettings } from "./settings.ts";
import { identityFor, sealingOf } from "./unsealed.ts";

type HandedFile = Omit<ArchiveFile, "role">;

/**
 * Copies of files, decrypted unless they are for exactly the recipients who get them. Returns what
 * they are there.
 */
export async function handOutOpened<T extends HandedFile>(
  settings: ArchiveSettings,
  deps: ArchiveDeps,
  from: string,
  files: readonly T[],
  directory: string,
  activity: Activity,
  sealedFor: readonly string[] | undefined,
): Promise<T[]> {
  const isOpened = ({ recipients }: T) =>
    recipients !== undefined && !sameRecipients(recipients, sealedFor);
  const identity = await identityFor(settings, deps, from, files.filter(isOpened));
  if (identity === undefined) {
    await handOut(settings, from, files, directory, activity);
    return [...files];
  }
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const handed: T[] = [];
  let before = 0;
  for (const file of files) {
    if (isOpened(file)) {
      handed.push(await openOne(file, identity, from, directory, deps, activity.signal));
      activity.onProgress?.({ bytes: before + file.bytes, totalBytes });
    } else {
      const onProgress = ({ bytes }: { readonly bytes: number }) =>
        activity.onProgress?.({ bytes: before + bytes, totalBytes });
      await handOut(settings, from, [file], directory, { ...activity, onProgress });
      handed.push(file);
    }
    before += file.bytes;
  }
  return handed;
}

async function openOne<T extends HandedFile>(
  { recipients, ...file }: T,
  identity: string,
  from: string,
  directory: string,
  deps: ArchiveDeps,
  signal: AbortSignal | undefined,
): Promise<T> {
  const name = openedName({ file: file.file, recipients });
  const [source, to] = [join(from, file.file), join(directory, name)];
  try {
    await sealingOf(deps).age.open(source, to, identity, signal);
    return { ...file, file: name, ...(await hashFile(to, signal)) } as T;
  } catch (thrown) {
    if (errnoOf(thrown) !== undefined || isErrorCode(thrown, "NO_SPACE"))
      throw unwritable(to, thrown);
    if (!isErrorCode(thrown, "TOOL_FAILED")) throw thrown;
    throw new StackholdError("POINT_DAMAGED", messageOf(thrown), { cause: thrown });
  }
}
