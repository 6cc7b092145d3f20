import { readdir, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isInside } from "../../domain/refused-paths.ts";
import { StackholdError } from "../../errors.ts";
import { requireSuccess } from "../../exec/result.ts";
import type { Runner } from "../../exec/runner.ts";
import type { Swap } from "../../ports/capture.ts";
import { errnoOf } from "./errno.ts";
import { keepTimes } from "./keep-times.ts";
import { exists, names, placeOf } from "./place.ts";

const safetyCopy: readonly string[] = [names.aside, names.asidePartial];

/** Leaves the safety copy where there is one, else nothing. */
export async function discard(runner: Runner, swap: Swap): Promise<void> {
  await clear(runner, swap, (entries) => {
    const hasCopy = entries.some((entry) => safetyCopy.includes(entry));
    return hasCopy ? [...safetyCopy, names.asideAttributes, names.mark] : [];
  });
}

/** Leaves nothing. */
export async function forget(runner: Runner, swap: Swap): Promise<void> {
  await clear(runner, swap, () => []);
}

type Keep = (entries: readonly string[]) => readonly string[];

async function clear(runner: Runner, swap: Swap, keep: Keep): Promise<void> {
  const place = placeOf(swap);
  if (swap.children) await keepTimes(runner, swap.target, () => empty(runner, place, keep));
  else await empty(runner, place, keep);
}

async function empty(runner: Runner, place: string, keep: Keep): Promise<void> {
  if (await exists(place)) {
    const entries = await readdir(place);
    const kept = keep(entries);
    const going = entries.filter((entry) => !kept.includes(entry));
    // A copy that is only half removed must still say whose it is: rm goes on after an error.
    const isMark = (entry: string) => entry === names.mark;
    for (const step of [going.filter((entry) => !isMark(entry)), going.filter(isMark)]) {
      await remove(
        runner,
        step.map((entry) => join(place, entry)),
      );
    }
    await removeIfEmpty(place);
  }
  await removeIfEmpty(dirname(place));
}

/** rm(1) walks by directory descriptors: it follows no link and leaves other file systems alone. */
export async function remove(runner: Runner, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  const args = ["--recursive", "--force", "--one-file-system", "--", ...paths];
  const result = await runner.run({ program: "rm", args });
  const [, fixed] = refused.exec(result.stderr) ?? [];
  if (result.verdict === "failure" && fixed !== undefined) throw unremovable(fixed, paths);
  requireSuccess(result);
}

/** In the C locale. Root is only refused what chattr(1) has made immutable or append-only. */
const refused = /^rm: cannot remove '(.*)': Operation not permitted$/m;

function unremovable(fixed: string, paths: readonly string[]): StackholdError {
  const top = paths.find((path) => isInside(fixed, path)) ?? fixed;
  return new StackholdError(
    "TOOL_FAILED",
    `${fixed} cannot be removed: it, or its directory, is immutable or append-only`,
    {
      hint: `run \`chattr -R -i -a '${dirname(top)}'\`, then try again`,
    },
  );
}

export async function removeIfEmpty(directory: string): Promise<void> {
  try {
    await rmdir(directory);
  } catch (failure) {
    if (!["ENOENT", "ENOTEMPTY", "EEXIST"].includes(errnoOf(failure) ?? "")) throw failure;
  }
}
