import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { ArchiveFile } from "../../domain/manifest.ts";
import { isMissing } from "./errors.ts";

/** What is wrong with a point's file before its content is read. Links are not followed. */
export async function strangeArchive(
  directory: string,
  archive: Pick<ArchiveFile, "file" | "bytes">,
): Promise<string | undefined> {
  try {
    const found = await lstat(join(directory, archive.file));
    if (!found.isFile()) return "is not a regular file";
    if (found.size === archive.bytes) return undefined;
    return `has ${found.size} bytes instead of ${archive.bytes}`;
  } catch (thrown) {
    if (isMissing(thrown)) return "is missing";
    throw thrown;
  }
}
