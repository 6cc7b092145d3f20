import { mkdir, readdir, rename, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { StackholdError } from "../../errors.ts";
import type { Swap } from "../../ports/capture.ts";
import { errnoOf } from "./errno.ts";
import { safetyName } from "./flags.ts";
import { exists, flushDirectories, names, placeOf } from "./place.ts";
import { applyAttributes, saveAttributes } from "./root-attributes.ts";
import type { SwapDeps } from "./swap-deps.ts";

/**
 * For a mount point, which cannot be renamed. The name of the directory set aside is the state:
 * without one the target holds the old children; `old.partial`: they are on their way, out or
 * back; `old`: all are out, and what the target holds is new.
 */
export async function swapChildren(swap: Swap, deps: SwapDeps): Promise<void> {
  const at = paths(swap);
  if (!(await exists(swap.aside))) {
    if (!(await exists(swap.staged))) throw nothingStaged(swap);
    await saveOnce(swap.target, at.asideAttributes, deps);
    await saveOnce(swap.staged, at.stagedAttributes, deps);
    await makeDirectory(at.partial, deps);
    await moveChildren(swap.target, at.partial, deps);
    await turn(at.partial, swap.aside, deps);
  }
  if (!(await exists(swap.staged))) return;
  await moveChildren(swap.staged, swap.target, deps);
  await applyAttributes(deps.runner, at.stagedAttributes, swap.target);
  deps.onStep("attributes of the new directory");
  await rmdir(swap.staged);
  deps.onStep("nothing is staged any more");
}

/** The same backwards: the new children are staged again, so that `swap` could follow. */
export async function undoChildren(swap: Swap, deps: SwapDeps): Promise<void> {
  const at = paths(swap);
  if (await exists(swap.aside)) {
    await makeDirectory(swap.staged, deps);
    await moveChildren(swap.target, swap.staged, deps);
    await turn(swap.aside, at.partial, deps);
  }
  if (!(await exists(at.partial))) return;
  await moveChildren(at.partial, swap.target, deps);
  await applyAttributes(deps.runner, at.asideAttributes, swap.target);
  deps.onStep("attributes of the old directory");
  await rmdir(at.partial);
  deps.onStep("nothing is aside any more");
}

function paths(swap: Swap) {
  const place = placeOf(swap);
  return {
    partial: join(place, names.asidePartial),
    asideAttributes: join(place, names.asideAttributes),
    stagedAttributes: join(place, names.stagedAttributes),
  };
}

async function saveOnce(directory: string, file: string, deps: SwapDeps): Promise<void> {
  if (await exists(file)) return;
  await saveAttributes(deps.runner, directory, file);
  deps.onStep(`saved ${file}`);
}

async function makeDirectory(path: string, deps: SwapDeps): Promise<void> {
  try {
    await mkdir(path, 0o700);
    deps.onStep(`made ${path}`);
  } catch (failure) {
    if (errnoOf(failure) !== "EEXIST") throw failure;
  }
}

async function turn(from: string, to: string, deps: SwapDeps): Promise<void> {
  await rename(from, to);
  deps.onStep(`turned ${from} into ${to}`);
  await flushDirectories(join(to, ".."));
}

/** Names are bytes here: they need not be UTF-8. */
async function moveChildren(from: string, to: string, deps: SwapDeps): Promise<void> {
  const children = await readdir(from, { encoding: "buffer" });
  const taken = new Set((await readdir(to, { encoding: "latin1" })) as string[]);
  for (const child of children) {
    if (child.equals(Buffer.from(safetyName))) continue;
    if (taken.has(child.toString("latin1"))) throw occupied(to, child);
    await rename(below(from, child), below(to, child));
    deps.onStep(`moved a child to ${to}`);
  }
  await flushDirectories(from, to);
}

function below(directory: string, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${directory}/`), name]);
}

function occupied(directory: string, name: Buffer): StackholdError {
  return new StackholdError(
    "RESTORE_FAILED",
    `"${name.toString()}" appeared in ${directory} during the restore, it stays there`,
    { hint: "see to it that nothing writes there during the restore" },
  );
}

function nothingStaged(swap: Swap): StackholdError {
  return new StackholdError("RESTORE_FAILED", `nothing is staged for ${swap.target}`);
}
