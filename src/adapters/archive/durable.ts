import { randomUUID } from "node:crypto";
import { open, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { errnoOf } from "./errors.ts";

/** Flushes a directory's entries. Some network file systems refuse that and need none. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } catch (thrown) {
    const code = errnoOf(thrown);
    if (code !== "EINVAL" && code !== "ENOTSUP") throw thrown;
  } finally {
    await directory.close();
  }
}

/** The whole content under the name, or nothing; durable when it returns. */
export async function writeDurably(path: string, text: string | Uint8Array): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = await open(temporary, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}

/** Shows that a file can be made, flushed and removed in the directory. */
export async function probeWriting(directory: string): Promise<void> {
  const path = `${directory}/.probe-${randomUUID()}`;
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile("probe");
    await file.sync();
  } finally {
    await file.close();
    await unlink(path);
  }
}
