import type { Hash } from "../../../domain/two-phase/known-entries.ts";
import { parentsOf } from "../../../domain/two-phase/topmost.ts";
import type { Runner } from "../../../exec/runner.ts";
import type { Activity, Measure } from "../../../ports/capture.ts";
import type { Frozen } from "../../../ports/two-phase.ts";
import { createEmpty, runTar } from "../archive.ts";
import { signalOf } from "../measure.ts";
import { requireRoom } from "../require-room.ts";
import { gatherChangedNames } from "./changed-names.ts";
import { readBatches, writeRecordFile } from "./record-file.ts";
import { compareAgain, type Learnt, type Stored } from "./second-listing.ts";
import { sortNames } from "./sort-records.ts";
import type { Spool } from "./spool.ts";

/** What the freeze left in the spool. */
export interface Copied {
  readonly frozen: Frozen;
  /** Records of the second listing as find printed them, in its order. */
  readonly listing: string;
  /** An uncompressed archive, where something changed. */
  readonly archive?: string;
  /** The names in it, sorted. */
  readonly names?: string;
}

interface FreezeDeps {
  readonly runner: Runner;
  readonly spool: Spool;
  readonly hash: Hash;
}

export async function freeze(
  stored: Stored,
  { runner, spool, hash }: FreezeDeps,
  learnt: Learnt | undefined,
  activity: Activity,
): Promise<Copied> {
  const listing = spool.at("second.found");
  const files = { names: spool.at("changed.found"), linked: spool.at("linked.found") };
  const changed = await gatherChangedNames(
    files,
    hash,
    stored.held.tree.type === "file" ? () => [] : parentsOf,
  );
  const records = await writeRecordFile(listing);
  try {
    const found = await compareAgain(
      runner,
      stored,
      {
        onEntry: (entry, isChanged) => changed.add(entry, isChanged),
        onBatch: async (taken) => {
          await records.write(taken);
          await changed.flush();
        },
      },
      { learnt, spool },
      activity,
    );
    const totals = await changed.finish(stored.hot, activity.signal);
    const { measure: tree, vanished } = found;
    if (totals.isEmpty) {
      return { frozen: { tree, delta: { files: 0, bytes: 0 }, unsteady: vanished }, listing };
    }
    const names = spool.at("changed");
    await sortNames(runner, files.names, names, spool, signalOf(activity));
    const delta = { files: await countRecords(names), bytes: totals.bytes };
    const needed = totals.content + delta.files * bytesPerEntry;
    const hint = "free some space on that file system";
    await requireRoom("what changed", spool.at("."), needed, hint);
    const archive = spool.at("delta.tar");
    const moved = await copy(runner, stored, names, archive, delta, activity);
    return { frozen: { tree, delta, unsteady: [...vanished, ...moved] }, listing, archive, names };
  } finally {
    await changed.close();
    await records.close();
  }
}

async function copy(
  runner: Runner,
  { held }: Stored,
  names: string,
  file: string,
  delta: Measure,
  activity: Activity,
): Promise<readonly string[]> {
  await createEmpty(file);
  const members = ["-C", held.directory, "--no-recursion", "--null", "-T", names];
  const job = { source: held.tree.path, members, isListed: true };
  const target = { file, compression: "none", level: 1 } as const;
  return runTar(runner, job, target, activity, () => delta);
}

/** Of headers, attributes and padding. */
const bytesPerEntry = 3072;

async function countRecords(file: string): Promise<number> {
  let count = 0;
  for await (const records of readBatches(file, "\0")) count += records.length;
  return count;
}
