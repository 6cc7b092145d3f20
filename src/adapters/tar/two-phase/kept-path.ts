import { mkdir, rmdir } from "node:fs/promises";
import { requireSuccess } from "../../../exec/result.ts";
import type { Runner } from "../../../exec/runner.ts";
import type { Held } from "../hold.ts";

/**
 * A path of what is held, for a program that goes by paths: its own, or where its mount may be gone by now, one
 * that it is bound to for as long as the work takes.
 */
export async function withPath<T>(
  runner: Runner,
  { tree, directory }: Held,
  place: string,
  work: (path: string) => Promise<T>,
): Promise<T> {
  if (tree.through === undefined) return work(tree.path);
  await mkdir(place, { recursive: true, mode: 0o700 });
  const bind = ["--bind", "--make-private", `${directory}/.`, place];
  requireSuccess(await runner.run({ program: "mount", args: bind }));
  try {
    return await work(place);
  } finally {
    requireSuccess(await runner.run({ program: "umount", args: [place] }));
    await rmdir(place);
  }
}
