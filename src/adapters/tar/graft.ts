import { lstat, mkdir, readlink, rename, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Runner } from "../../exec/runner.ts";
import type { Link } from "../../ports/capture.ts";
import { isAbsent } from "./errno.ts";
import { keepTimes } from "./keep-times.ts";
import { flushDirectories } from "./place.ts";

/** The first symbolic link on the way to a name; the directories before it are real. */
export async function linkWithin(tree: string, name: string): Promise<Link | undefined> {
  const steps = name.split("/");
  for (let length = 1; length <= steps.length; length += 1) {
    const at = steps.slice(0, length).join("/");
    const to = await leadsTo(join(tree, at));
    if (to !== undefined) return { name: at, to };
  }
  return undefined;
}

export async function graft(
  runner: Runner,
  staged: string,
  tree: string,
  name: string,
): Promise<void> {
  const place = join(tree, name);
  const parent = dirname(place);
  await mkdir(parent, { recursive: true });
  await keepTimes(runner, parent, async () => {
    if ((await leadsTo(place)) !== undefined) await unlink(place);
    await rename(staged, place);
  });
  await flushDirectories(parent);
}

async function leadsTo(path: string): Promise<string | undefined> {
  try {
    return (await lstat(path)).isSymbolicLink() ? await readlink(path) : undefined;
  } catch (failure) {
    if (isAbsent(failure)) return undefined;
    throw failure;
  }
}
