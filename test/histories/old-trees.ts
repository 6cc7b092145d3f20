import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Field } from "./file-systems.ts";
import type { Hand, Log } from "./hand.ts";
import type { Earlier, History } from "./history.ts";
import { ageMs } from "./racy-time.ts";
import type { Site } from "./site.ts";

const atOnce = 20;
const copies = 5;

export interface Prepared {
  readonly site: Site;
  readonly log: Log;
  readonly readyAt: number;
}

type Past = Pick<History, "old" | "earlier">;

export interface OldTrees {
  /** The tree that a history begins with, aged. */
  take(history: History): Promise<Prepared>;
}

/**
 * Makes the trees of the coming histories together, with their earlier points, so that they age together; of any
 * other history several, because one that is made smaller begins many times with the same tree.
 */
export function prepareTrees(
  coming: readonly History[],
  place: Pick<Field, "mount" | "target" | "outside">,
  hand: Hand,
  makePoint: (earlier: Earlier, site: Site) => Promise<Log>,
): OldTrees {
  const prepared = new Map<string, Prepared[]>();
  const left = coming.map(keyOf);
  let count = 0;
  const make = async ({ old }: Past): Promise<Prepared> => {
    count += 1;
    const own = join(place.mount, `${count}`);
    const archives = join(place.outside, `${count}`);
    await Promise.all([mkdir(own), mkdir(archives)]);
    const unpacked = join(place.target, `${count}`);
    const at = (name: string) => join(own, name);
    const site = { root: at("tree"), away: at("away"), unpacked, archives, number: count };
    const log: Log = [["old", await hand.do(site, old)]];
    return { site, log, readyAt: performance.now() + ageMs };
  };
  const goOn = async ({ site, log, readyAt }: Prepared, earlier: Earlier): Promise<Prepared> => {
    await until(readyAt);
    const made = await makePoint(earlier, site);
    const done = await hand.do(site, earlier.afterwards);
    const all: Log = [...log, ...made, ["long before the next", done]];
    return { site, log: all, readyAt: performance.now() + ageMs };
  };
  const prepare = async (keys: readonly string[]) => {
    const pasts = keys.map((key): Past => JSON.parse(key));
    const trees: Prepared[] = [];
    for (const past of pasts) trees.push(await make(past));
    const rounds = Math.max(0, ...pasts.map(({ earlier }) => earlier.length));
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, tree] of trees.entries()) {
        const earlier = pasts[index]?.earlier[round];
        if (earlier !== undefined) trees[index] = await goOn(tree, earlier);
      }
    }
    for (const [index, key] of keys.entries()) {
      const tree = trees[index];
      if (tree !== undefined) prepared.set(key, [...(prepared.get(key) ?? []), tree]);
    }
  };
  return {
    async take(history) {
      const wanted = keyOf(history);
      if (prepared.get(wanted)?.[0] === undefined) {
        const isNext = left.slice(0, atOnce).includes(wanted);
        await prepare(isNext ? left.splice(0, atOnce) : Array<string>(copies).fill(wanted));
      }
      const tree = prepared.get(wanted)?.shift();
      if (tree === undefined) throw new Error("a tree that was prepared is not there");
      await until(tree.readyAt);
      return tree;
    },
  };
}

async function until(time: number): Promise<void> {
  const wait = time - performance.now();
  if (wait > 0) await delay(wait);
}

function keyOf({ old, earlier }: History): string {
  return JSON.stringify({ old, earlier } satisfies Past);
}
