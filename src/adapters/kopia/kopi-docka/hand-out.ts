import { chmod, type FileHandle, mkdir, mkdtemp, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ArchiveFile } from "../../../domain/manifest.ts";
import type { Activity } from "../../../ports/capture.ts";
import { errnoOf } from "../../archive/errors.ts";
import { unwritable } from "../../archive/hand-out.ts";
import { hashFile } from "../../byte-streams/hash-file.ts";
import { pourArchive } from "./archive-stream.ts";
import { type Content, type FoundPart, isSingleFile } from "./contents.ts";
import type { KopiDockaDeps } from "./deps.ts";
import { extractTree } from "./tree-content.ts";

type Held = Extract<Content, { form: "tree" | "stream" }>;

/** Failures of the file system are of what is written; everything else passes. */
async function writing<T>(to: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw errnoOf(thrown) === undefined ? thrown : unwritable(to, thrown);
  }
}

async function writeStream(
  content: Extract<Content, { form: "stream" }>,
  file: FileHandle,
  deps: KopiDockaDeps,
  activity: Activity,
): Promise<void> {
  let bytes = 0;
  const onBytes = async (piece: Uint8Array): Promise<void> => {
    await file.appendFile(piece);
    bytes += piece.length;
    activity.onProgress?.({ bytes });
  };
  await pourArchive(content.snapshot, onBytes, deps, activity);
  await file.datasync();
}

/** Kopia writes no archives, so a tree is restored beside the file and goes again. */
async function archiveTree(
  content: Extract<Content, { form: "tree" }>,
  to: string,
  directory: string,
  deps: KopiDockaDeps,
  activity: Activity,
): Promise<void> {
  const scratch = await mkdtemp(join(directory, ".unpacking-"));
  try {
    const tree = join(scratch, "tree");
    await mkdir(tree);
    await extractTree(content, tree, deps, activity);
    const [planted] = content.trees;
    const isFile = isSingleFile(content);
    const path = isFile ? join(tree, planted?.at ?? "") : tree;
    const type = isFile ? "file" : "directory";
    const { signal } = activity;
    await deps.capture.archive(
      { path, type, exclude: [] },
      { file: to, compression: "none", level: 0 },
      signal === undefined ? {} : { signal },
    );
    await chmod(to, 0o600);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Writes a part as one tar archive and tells of it. */
export async function handOut(
  { part }: FoundPart,
  content: Held,
  directory: string,
  deps: KopiDockaDeps,
  activity: Activity,
): Promise<readonly ArchiveFile[]> {
  const { signal } = activity;
  const files: ArchiveFile[] = [];
  for (const archive of part.archives) {
    const to = join(directory, archive.file);
    await writing(to, async () => {
      const file = await open(to, "wx", 0o600);
      try {
        if (content.form === "stream") await writeStream(content, file, deps, activity);
      } finally {
        await file.close();
      }
      if (content.form !== "tree") return;
      await rm(to); // it could be made there, and tar makes its files itself
      await archiveTree(content, to, directory, deps, activity);
    });
    files.push({ ...archive, ...(await hashFile(to, signal)) });
  }
  return files;
}
