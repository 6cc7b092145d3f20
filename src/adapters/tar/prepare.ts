import { mkdir, readdir } from "node:fs/promises";
import { dirname } from "node:path";
import { StackholdError } from "../../errors.ts";
import type { Runner } from "../../exec/runner.ts";
import type { Swap } from "../../ports/capture.ts";
import { errnoOf, systemError } from "./errno.ts";
import { keepTimes } from "./keep-times.ts";
import { contentDirectory, placeOf } from "./place.ts";
import { clearAcls } from "./root-attributes.ts";

/**
 * Every directory on the way is private and free of what its parent would have it inherit: what is
 * made in a directory without default ACLs has none.
 */
export async function prepare(runner: Runner, swap: Swap): Promise<string> {
  const place = placeOf(swap);
  const content = contentDirectory(swap);
  const make = async () => {
    await mkdir(dirname(dirname(place)), { recursive: true });
    let isFree = false;
    for (const directory of [dirname(place), place, content]) {
      if (!(await makePrivate(directory)) || isFree) continue;
      await clearAcls(runner, directory);
      isFree = true;
    }
  };
  try {
    if (swap.children) await keepTimes(runner, swap.target, make);
    else await make();
    if ((await readdir(content)).length > 0) {
      throw new StackholdError("TOOL_FAILED", `${content} is not empty`);
    }
  } catch (failure) {
    throw systemError(failure, `cannot prepare ${content}`);
  }
  return content;
}

async function makePrivate(directory: string): Promise<boolean> {
  try {
    await mkdir(directory, 0o700);
    return true;
  } catch (failure) {
    if (errnoOf(failure) === "EEXIST") return false;
    throw failure;
  }
}
