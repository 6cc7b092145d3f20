import { lstat, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { roomFor } from "../../domain/room.ts";
import { requireSuccess } from "../../exec/result.ts";
import type { Runner } from "../../exec/runner.ts";
import type { Swap } from "../../ports/capture.ts";
import { remove } from "./discard.ts";
import { errnoOf, systemError } from "./errno.ts";
import { measure } from "./measure.ts";
import { prepare } from "./prepare.ts";
import { requireRoom } from "./require-room.ts";

/**
 * rename(2) replaces the empty directory that `prepare` made. Across mounts, as where only part of
 * a tree lies on another file system, the content is copied instead.
 */
export async function restage(runner: Runner, from: string, swap: Swap): Promise<void> {
  await prepare(runner, swap);
  try {
    await rename(from, swap.staged);
  } catch (failure) {
    if (errnoOf(failure) === "EXDEV") {
      await requireRoomFor(runner, from, swap);
      return copy(runner, from, swap.staged);
    }
    throw systemError(failure, `cannot move ${from} to ${swap.staged}`);
  }
}

/** What is there was unpacked on another file system, whose room says nothing of this one's. */
async function requireRoomFor(runner: Runner, from: string, { staged, target }: Swap) {
  const type = (await lstat(from)).isDirectory() ? "directory" : "file";
  const needed = roomFor(await measure(runner, { path: from, type, exclude: [] }, {}));
  const hint = "free some space on that file system and run again: nothing was replaced";
  await requireRoom(`what belongs to ${target}`, dirname(staged), needed, hint);
}

/** Not `--archive`, which says nothing where it cannot keep an attribute. */
async function copy(runner: Runner, from: string, to: string): Promise<void> {
  const kept = "--preserve=mode,ownership,timestamps,links,xattr";
  const args = ["--recursive", "--no-dereference", kept, "--no-target-directory", "--", from, to];
  requireSuccess(await runner.run({ program: "cp", args }));
  await remove(runner, [from]);
}
