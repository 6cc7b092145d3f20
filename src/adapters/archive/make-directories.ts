import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { syncDirectory } from "./durable.ts";
import { errnoOf } from "./errors.ts";

/**
 * Makes a directory and its parents, private and durable. Not `mkdir({recursive})`, which spins for
 * ever where the kernel refuses with ENOENT, as in /proc.
 */
export async function makeDirectories(path: string): Promise<void> {
  try {
    await makeOne(path);
  } catch (thrown) {
    if (errnoOf(thrown) !== "ENOENT" || dirname(path) === path) throw thrown;
    await makeDirectories(dirname(path));
    await makeOne(path);
  }
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (thrown) {
    const code = errnoOf(thrown);
    const isThere = code === "EEXIST" || code === "EISDIR" || code === "EROFS";
    if (isThere && (await isDirectory(path))) return;
    throw thrown;
  }
  await syncDirectory(dirname(path));
}

/** Links are followed: a path may be a link to another disk. */
async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
