import { rename } from "node:fs/promises";
import type { Runner } from "../../exec/runner.ts";
import type { Swap } from "../../ports/capture.ts";
import { systemError } from "./errno.ts";
import { prepare } from "./prepare.ts";

/** rename(2) replaces the empty directory that `prepare` made. */
export async function restage(runner: Runner, from: string, swap: Swap): Promise<void> {
  await prepare(runner, swap);
  try {
    await rename(from, swap.staged);
  } catch (failure) {
    throw systemError(failure, `cannot move ${from} to ${swap.staged}`);
  }
}
