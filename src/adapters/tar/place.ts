import { lstat, open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { StackholdError } from "../../errors.ts";
import type { Swap } from "../../ports/capture.ts";
import { isAbsent } from "./errno.ts";
import { safetyName } from "./flags.ts";

/** File names of a place; `old` and what belongs to it outlive the run as the safety copy. */
export const names = {
  /** Whose safety copy it is. */
  mark: "safety-copy.json",
  staged: "new",
  aside: "old",
  /** The old children while they are on their way, out or back. */
  asidePartial: "old.partial",
  /** Attributes of the directory whose children moved, and of the one they came from. */
  asideAttributes: "old.attributes.tar",
  stagedAttributes: "new.attributes.tar",
  /** What somebody else put at the target meanwhile. */
  displaced: "displaced",
} as const;

/** The directory that belongs to one swap alone. It throws for paths that `planSwap` never makes. */
export function placeOf(swap: Swap): string {
  const place = dirname(swap.aside);
  const isOurs = basename(dirname(place)) === safetyName && basename(swap.aside) === names.aside;
  const content = join(place, names.staged);
  if (!isOurs || (swap.staged !== content && dirname(swap.staged) !== content)) {
    throw new StackholdError("RESTORE_FAILED", `"${swap.aside}" is no place of a swap`);
  }
  return place;
}

/** Where an archive is unpacked: the staged tree itself, or the directory of a staged file. */
export function contentDirectory(swap: Swap): string {
  return join(placeOf(swap), names.staged);
}

export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (failure) {
    if (isAbsent(failure)) return false;
    throw failure;
  }
}

export async function flushDirectories(...directories: readonly string[]): Promise<void> {
  for (const directory of new Set(directories)) {
    const handle = await open(directory, "r");
    await handle.sync().finally(() => handle.close());
  }
}
