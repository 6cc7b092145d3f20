import { constants, readFile, readFileSync } from "node:fs";
import { promisify } from "node:util";
import type { Clock } from "../../ports/clock.ts";

/** The text of a small file. Rejects with what the file system says. */
export type ReadText = (path: string) => Promise<string>;

/** Half the time of `node:fs/promises`. */
const throughThreads = promisify(readFile);

/**
 * Whatever lies there under the name, a FIFO say, it is not waited for. Node takes flags by number
 * too, which its types do not say.
 */
const promptly = {
  encoding: "utf8",
  flag: (constants.O_RDONLY | constants.O_NONBLOCK) as never,
} as const;

/** Blocks nothing. */
export const readText: ReadText = (path) => throughThreads(path, promptly);

/** Milliseconds that reading many files may take before they are said to be slow, and for each. */
const patience = { once: 50, each: 1 };

/**
 * For many files. Those that are in memory are read synchronously: the detour through Node's threads
 * costs more than all that a list is made of. Where a disk or a network is slow, threads wait side
 * by side.
 */
export function createTextReader({ monotonic }: Pick<Clock, "monotonic">): ReadText {
  const start = monotonic();
  let files = 0;
  return async (path) => {
    files += 1;
    const isSlow = monotonic() - start > patience.once + files * patience.each;
    return isSlow ? readText(path) : readFileSync(path, promptly);
  };
}
