import { mkdir, rmdir, stat } from "node:fs/promises";
import { requireSuccess } from "../../../exec/result.ts";
import type { Runner } from "../../../exec/runner.ts";
import type { Held } from "../hold.ts";

/**
 * A path of what is held, for a program that goes by paths: its own, or where its mount may be gone soon, one
 * that it is bound to for as long as the work takes. What is unmounted already can be bound nowhere: then it is an
 * empty directory, and nothing of the tree is kept.
 */
export async function withPath<T>(
  runner: Runner,
  held: Held,
  place: string,
  work: (path: string) => Promise<T>,
): Promise<T> {
  if (held.tree.through === undefined) return work(held.tree.path);
  await mkdir(place, { recursive: true, mode: 0o700 });
  try {
    const isBound = await bind(runner, held, place);
    try {
      return await work(place);
    } finally {
      if (isBound) await unmount(runner, place);
    }
  } finally {
    await rmdir(place);
  }
}

/** By its path: that of an open directory leads to the root of all once its mount is gone. */
async function bind(runner: Runner, { tree, directory }: Held, place: string): Promise<boolean> {
  if (!(await isSame(tree.path, directory))) return false;
  const args = ["--bind", "--make-private", tree.path, place];
  requireSuccess(await runner.run({ program: "mount", args }));
  if (await isSame(place, directory)) return true;
  await unmount(runner, place); // unmounted in between
  return false;
}

async function unmount(runner: Runner, place: string): Promise<void> {
  requireSuccess(await runner.run({ program: "umount", args: [place] }));
}

async function isSame(one: string, other: string): Promise<boolean> {
  const found = await Promise.all([one, other].map((path) => stat(path).catch(() => undefined)));
  const [first, second] = found;
  if (first === undefined || second === undefined) return false;
  return first.dev === second.dev && first.ino === second.ino;
}
