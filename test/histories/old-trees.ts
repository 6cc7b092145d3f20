import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Field } from "./file-systems.ts";
import type { Hand } from "./hand.ts";
import type { History } from "./history.ts";
import { ageMs } from "./racy-time.ts";
import type { Site } from "./run-history.ts";

const atOnce = 20;
const copies = 5;

export interface Prepared {
  readonly site: Site;
  readonly log: readonly string[];
  readonly readyAt: number;
}

export interface OldTrees {
  /** The tree that a history begins with, aged. */
  take(history: History): Promise<Prepared>;
}

/**
 * Makes the trees of the coming histories together, so that they age together; of any other history
 * several, because one that is made smaller begins many times with the same tree.
 */
export function prepareTrees(
  coming: readonly History[],
  place: Pick<Field, "mount" | "target" | "outside">,
  hand: Hand,
): OldTrees {
  const prepared = new Map<string, Prepared[]>();
  const left = coming.map(keyOf);
  let count = 0;
  const prepare = async (key: string) => {
    count += 1;
    const own = join(place.mount, `${count}`);
    const archives = join(place.outside, `${count}`);
    await Promise.all([mkdir(own), mkdir(archives)]);
    const unpacked = join(place.target, `${count}`);
    const at = (name: string) => join(own, name);
    const site = { root: at("tree"), away: at("away"), unpacked, archives };
    const log = await hand.do(site, JSON.parse(key));
    const tree = { site, log, readyAt: performance.now() + ageMs };
    prepared.set(key, [...(prepared.get(key) ?? []), tree]);
  };
  return {
    async take(history) {
      const wanted = keyOf(history);
      if (prepared.get(wanted)?.[0] === undefined) {
        const isNext = left.slice(0, atOnce).includes(wanted);
        const next = isNext ? left.splice(0, atOnce) : Array(copies).fill(wanted);
        for (const key of next) await prepare(key);
      }
      const tree = prepared.get(wanted)?.shift();
      if (tree === undefined) throw new Error("a tree that was prepared is not there");
      const wait = tree.readyAt - performance.now();
      if (wait > 0) await delay(wait);
      return tree;
    },
  };
}

const keyOf = (history: History): string => JSON.stringify(history.old);
