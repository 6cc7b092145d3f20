import { rename } from "node:fs/promises";
import { requireSuccess } from "../../exec/result.ts";
import type { Runner } from "../../exec/runner.ts";
import type { Swap } from "../../ports/capture.ts";
import { remove } from "./discard.ts";
import { errnoOf, systemError } from "./errno.ts";
import { prepare } from "./prepare.ts";

/**
 * rename(2) replaces the empty directory that `prepare` made. Across mounts, as where only part of
 * a tree lies on another file system, the content is copied instead.
 */
export async function restage(runner: Runner, from: string, swap: Swap): Promise<void> {
  await prepare(runner, swap);
  try {
    await rename(from, swap.staged);
  } catch (failure) {
    if (errnoOf(failure) === "EXDEV") return copy(runner, from, swap.staged);
    throw systemError(failure, `cannot move ${from} to ${swap.staged}`);
  }
}

/** Not `--archive`, which says nothing where it cannot keep an attribute. */
async function copy(runner: Runner, from: string, to: string): Promise<void> {
  const kept = "--preserve=mode,ownership,timestamps,links,xattr";
  const args = ["--recursive", "--no-dereference", kept, "--no-target-directory", "--", from, to];
  requireSuccess(await runner.run({ program: "cp", args }));
  await remove(runner, [from]);
}
