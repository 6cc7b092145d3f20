import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Tree } from "../../src/ports/capture.ts";
import {
  describeTree,
  type TreeDescription,
  treeDifferences,
} from "../fixtures/odd-tree/describe-tree.ts";
import type { Hand, Log } from "./hand.ts";
import type { Earlier, History } from "./history.ts";
import { ageMs } from "./racy-time.ts";
import type { Site } from "./site.ts";
import type { Place, Way } from "./way.ts";

export interface Bench {
  readonly way: Way;
  readonly hand: Hand;
}

export interface Outcome {
  readonly log: Log;
  /** Lines as `treeDifferences` gives them: the tree at the freeze, and what was restored. */
  readonly differences: readonly string[];
  /** Entries of the tree at the freeze, and of the delta. */
  readonly entries: number;
  readonly copied: number;
}

/** Everything but `old` and `earlier`, which the tree has behind it. */
export async function runHistory(history: History, site: Site, bench: Bench): Promise<Outcome> {
  const log: (readonly [string, readonly string[]])[] = [];
  const act = async (phase: string, operations: History["stored"]) => {
    if (operations.length > 0) log.push([phase, await bench.hand.do(site, operations)]);
  };
  await act("before", history.before);
  const beginning = act("while it begins", history.beginning);
  const twoPhase = await begin(site, bench.way);
  try {
    await beginning;
    if (history.pauses) await delay(ageMs);
    await act("before the hot pass", history.listed);
    const places = await bench.way.places(history, site, twoPhase);
    const store = () => Promise.all(places.map((place) => place.store()));
    log.push(...(await held(history, site, bench, store)).log);
    await act("after the hot pass", history.stored);
    if (history.refreshed !== null) {
      await twoPhase.refresh();
      await act("after another listing", history.refreshed);
    }
    await bench.hand.still(site);
    const frozen = await twoPhase.freeze();
    const expected = describeTree(site.root);
    await rm(site.root, { recursive: true });
    const differences = await restored(places, site, expected);
    const entries = Object.keys(expected).length;
    return { log, differences, entries, copied: frozen.delta.files };
  } finally {
    await beginning;
    await twoPhase.release();
  }
}

/** One point of a tree before its history. */
export async function runEarlier(earlier: Earlier, site: Site, bench: Bench): Promise<Log> {
  const twoPhase = await begin(site, bench.way);
  try {
    const store = () => bench.way.earlier(site, twoPhase, earlier.fate);
    const { log, outcome: finish } = await held(earlier, site, bench, store);
    await bench.hand.still(site);
    await twoPhase.freeze();
    await finish();
    return [[`earlier, ${earlier.fate}`, []], ...log];
  } finally {
    await twoPhase.release();
  }
}

async function begin(site: Site, way: Way) {
  const tree: Tree = { path: site.root, type: "directory", exclude: [] };
  const spool = join(site.archives, "spool");
  await mkdir(spool);
  return way.capture.twoPhase(tree, spool);
}

/** Stores hot, with batches meanwhile. */
async function held<T>(
  { during, step }: Pick<Earlier, "during" | "step">,
  site: Site,
  { hand, way }: Bench,
  store: () => Promise<T>,
): Promise<{ readonly log: Log; readonly outcome: T }> {
  const size = await hand.arm(site, during);
  if (during.length > 0) await way.holding.arm(size, step);
  let outcome: T;
  try {
    outcome = await store();
  } finally {
    await way.holding.disarm();
  }
  return { log: await hand.disarm(), outcome };
}

async function restored(
  places: readonly Place[],
  site: Site,
  expected: TreeDescription,
): Promise<string[]> {
  const differences: string[] = [];
  for (const place of places) {
    await mkdir(site.unpacked);
    await place.restore(site.unpacked);
    differences.push(...treeDifferences(expected, describeTree(site.unpacked)));
    await rm(site.unpacked, { recursive: true });
  }
  return differences;
}
