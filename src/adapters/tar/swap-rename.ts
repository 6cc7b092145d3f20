import { mkdir, rename, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { StackholdError } from "../../errors.ts";
import type { Swap } from "../../ports/capture.ts";
import { errnoOf } from "./errno.ts";
import { exists, flushDirectories, names, placeOf } from "./place.ts";
import type { SwapDeps } from "./swap-deps.ts";

/** target → aside, staged → target. Each state between tells which of the two are done. */
export async function swapByRename(swap: Swap, deps: SwapDeps): Promise<void> {
  if (!(await exists(swap.staged))) return requireSwapped(swap);
  if (swap.fresh) await mkdir(dirname(swap.target), { recursive: true });
  else if (!(await exists(swap.aside))) await move(swap.target, swap.aside, deps);
  await yieldIfEmpty(swap.target, deps);
  await move(swap.staged, swap.target, deps);
}

/** The same backwards: the new content is staged again, so that `swap` could follow. */
export async function undoByRename(swap: Swap, deps: SwapDeps): Promise<void> {
  if (!swap.fresh && !(await exists(swap.aside))) return;
  const isStaged = await exists(swap.staged);
  if (swap.fresh && (isStaged || !(await exists(dirname(swap.staged))))) return;
  if (await exists(swap.target)) {
    const free = isStaged ? await displacedName(swap) : swap.staged;
    await move(swap.target, free, deps);
  }
  if (!swap.fresh) await move(swap.aside, swap.target, deps);
}

async function requireSwapped(swap: Swap): Promise<void> {
  const isDone = (await exists(swap.target)) && (swap.fresh || (await exists(swap.aside)));
  if (isDone) return;
  throw new StackholdError("RESTORE_FAILED", `nothing is staged for ${swap.target}`);
}

/** An engine makes an empty directory where a bind's source is missing. */
async function yieldIfEmpty(target: string, deps: SwapDeps): Promise<void> {
  if (!(await exists(target))) return;
  try {
    await rmdir(target);
    deps.onStep("removed an empty directory at the target");
  } catch (failure) {
    const errno = errnoOf(failure) ?? "";
    if (!["ENOTEMPTY", "EEXIST", "ENOTDIR"].includes(errno)) throw failure;
    throw new StackholdError("RESTORE_FAILED", `something new is at ${target}, it stays there`, {
      hint: "see to it that nothing writes there during the restore",
    });
  }
}

async function displacedName(swap: Swap): Promise<string> {
  for (let count = 1; ; count += 1) {
    const name = join(placeOf(swap), `${names.displaced}-${count}`);
    if (!(await exists(name))) return name;
  }
}

async function move(from: string, to: string, deps: SwapDeps): Promise<void> {
  await rename(from, to);
  deps.onStep(`moved ${from} to ${to}`);
  await flushDirectories(dirname(from), dirname(to));
}
