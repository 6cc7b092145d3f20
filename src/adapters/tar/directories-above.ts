import { chmod, chown, mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { RecordedDirectory } from "../../domain/manifest.ts";
import { errnoOf, isAbsent, systemError } from "./errno.ts";
import { flushDirectories } from "./place.ts";

export async function directoriesAbove(path: string): Promise<RecordedDirectory[]> {
  const found: RecordedDirectory[] = [];
  for (let at = dirname(path); at !== dirname(at); at = dirname(at)) {
    const facts = await lookAt(at);
    if (facts !== undefined) found.unshift(facts);
  }
  return found;
}

async function lookAt(path: string): Promise<RecordedDirectory | undefined> {
  try {
    const { mode, uid, gid } = await stat(path);
    return { path, mode: (mode & 0o7777).toString(8), uid, gid };
  } catch (failure) {
    if (isAbsent(failure)) return undefined;
    throw systemError(failure, `cannot look at ${path}`);
  }
}

export async function makeDirectories(directories: readonly RecordedDirectory[]): Promise<void> {
  for (const directory of directories) {
    try {
      await make(directory);
    } catch (failure) {
      throw systemError(failure, `cannot make ${directory.path}`);
    }
  }
}

/** Private until it is its owner's. A mode is lost where the owner changes after it. */
async function make({ path, mode, uid, gid }: RecordedDirectory): Promise<void> {
  try {
    await mkdir(path, 0o700);
  } catch (failure) {
    // Some file systems look at who asks before they look at what is there.
    if (errnoOf(failure) === "EEXIST" || (await lookAt(path)) !== undefined) return;
    throw failure;
  }
  await chown(path, uid, gid);
  await chmod(path, Number.parseInt(mode, 8));
  await flushDirectories(dirname(path));
}
