import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { ArchiveLayers, Capture, Tree } from "../../src/ports/capture.ts";
import type { TwoPhase } from "../../src/ports/two-phase.ts";
import {
  describeTree,
  type TreeDescription,
  treeDifferences,
} from "../fixtures/odd-tree/describe-tree.ts";
import { applyByHand } from "./apply-point.ts";
import type { Hand, Log, Place } from "./hand.ts";
import type { HeldTar } from "./held-tar.ts";
import type { History } from "./history.ts";
import { ageMs } from "./racy-time.ts";

export interface Bench {
  readonly capture: Pick<Capture, "twoPhase" | "extract">;
  readonly hand: Hand;
  readonly tar: HeldTar;
}

/** One history's own directory on the file system under test, and one for archives elsewhere. */
export interface Site extends Place {
  readonly unpacked: string;
  readonly archives: string;
}

export interface Outcome {
  readonly log: Log;
  /** Lines as `treeDifferences` gives them: the tree at the freeze, and what was restored. */
  readonly differences: readonly string[];
  /** Entries of the tree at the freeze, and of the delta. */
  readonly entries: number;
  readonly copied: number;
}

/** Everything but `old`, which the tree has behind it. */
export async function runHistory(history: History, site: Site, bench: Bench): Promise<Outcome> {
  const log: (readonly [string, readonly string[]])[] = [];
  const act = async (phase: string, operations: History["stored"]) => {
    if (operations.length > 0) log.push([phase, await bench.hand.do(site, operations)]);
  };
  const tree: Tree = { path: site.root, type: "directory", exclude: [] };
  await act("before", history.before);
  const beginning = act("while it begins", history.beginning);
  const spool = join(site.archives, "spool");
  await mkdir(spool);
  const twoPhase = await bench.capture.twoPhase(tree, spool);
  try {
    await beginning;
    if (history.pauses) await delay(ageMs);
    await act("before the hot pass", history.listed);
    log.push(...(await store(twoPhase, history, site, bench)));
    await act("after the hot pass", history.stored);
    if (history.refreshed !== null) {
      await twoPhase.refresh();
      await act("after another listing", history.refreshed);
    }
    await bench.hand.still(site);
    const frozen = await twoPhase.freeze();
    const expected = describeTree(site.root);
    await rm(site.root, { recursive: true });
    const differences = await restored(twoPhase, history, site, bench, expected);
    const entries = Object.keys(expected).length;
    return { log, differences, entries, copied: frozen.delta.files };
  } finally {
    await beginning;
    await twoPhase.release();
  }
}

async function store(twoPhase: TwoPhase, history: History, site: Site, bench: Bench): Promise<Log> {
  const blocks = await bench.hand.arm(site, history.during);
  if (history.during.length > 0) {
    await bench.tar.arm(Math.max(1, Math.ceil((blocks * history.step) / 100)));
  }
  const files = targetsOf(history, site).map(({ hot }) => hot);
  try {
    await Promise.all(files.map((file) => twoPhase.store(archive(file))));
  } finally {
    await bench.tar.disarm();
  }
  return bench.hand.disarm();
}

async function restored(
  twoPhase: TwoPhase,
  history: History,
  site: Site,
  bench: Bench,
  expected: TreeDescription,
): Promise<string[]> {
  const differences: string[] = [];
  for (const [index, { hot, delta, deleted, listing }] of targetsOf(history, site).entries()) {
    const target = { delta: archive(delta), deleted, listing: archive(listing) };
    const written = await twoPhase.writeChanges(target);
    const layers: ArchiveLayers = {
      ...{ hot, listing },
      ...(written.delta ? { delta } : {}),
      ...(written.deleted ? { deleted } : {}),
    };
    await mkdir(site.unpacked);
    if (history.byHand === (index === 0)) await applyByHand(layers, site.unpacked, hot);
    else await bench.capture.extract(layers, site.unpacked);
    differences.push(...treeDifferences(expected, describeTree(site.unpacked)));
    await rm(site.unpacked, { recursive: true });
  }
  return differences;
}

const archive = (file: string) => ({ file, compression: "zstd", level: 1 }) as const;

function targetsOf(history: History, site: Site) {
  return Array.from({ length: history.targets }, (_, index) => {
    const at = (name: string) => join(site.archives, `${index}.${name}`);
    return {
      hot: at("tar.zst"),
      delta: at("delta.tar.zst"),
      deleted: at("deleted"),
      listing: at("listing.zst"),
    };
  });
}
