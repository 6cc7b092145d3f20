import type { BigIntStats } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import type { Measure } from "../../ports/capture.ts";
import { createCounter } from "./counter.ts";
import { safetyName } from "./flags.ts";
import type { Held } from "./hold.ts";
import { type Entry, isTooLong } from "./listing.ts";
import { selectionOf } from "./selection.ts";

/** To start find costs as much as to look at some hundred entries. */
const few = 64;

/**
 * Counts a small tree as `listTree` does, without a process. Undefined for a larger one, and for one that holds
 * anything that find has to judge: what cannot be read, what goes meanwhile, names that are too long.
 */
export async function countFew({ tree, directory, root }: Held): Promise<Measure | undefined> {
  const select = selectionOf(tree);
  const counter = createCounter();
  let looked = 0;
  const isFew = async (name: string): Promise<boolean> => {
    looked += 1;
    if (looked > few) return false;
    if (isTooLong(name)) return false;
    const entry = await entryOf(directory, name);
    if (select(entry)) counter.add(entry);
    if (entry.type !== "d") return true;
    for (const child of await readdir(bytewise(directory, name), { encoding: "latin1" })) {
      if (child !== safetyName && !(await isFew(`${name}/${child}`))) return false;
    }
    return true;
  };
  try {
    return (await isFew(root)) ? counter.total() : undefined;
  } catch {
    return undefined;
  }
}

/** Names are latin1, as find's are read: those that are not UTF-8 survive. */
function bytewise(directory: string, name: string): Buffer {
  return Buffer.from(`${directory}/${name}`, "latin1");
}

async function entryOf(directory: string, name: string): Promise<Entry> {
  const stats = await lstat(bytewise(directory, name), { bigint: true });
  return {
    type: typeOf(stats),
    inode: `${stats.dev}:${stats.ino}`,
    links: Number(stats.nlink),
    bytes: Number(stats.size),
    allocated: Number(stats.blocks) * 512,
    name,
  };
}

function typeOf(stats: BigIntStats): string {
  if (stats.isDirectory()) return "d";
  if (stats.isFile()) return "f";
  return stats.isSocket() ? "s" : "other";
}
