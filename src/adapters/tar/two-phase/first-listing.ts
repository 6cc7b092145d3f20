import { setTimeout as delay } from "node:timers/promises";
import { type Hash, KnownEntries } from "../../../domain/two-phase/known-entries.ts";
import { isRacy, type ListingTime, tickSeconds } from "../../../domain/two-phase/racy.ts";
import { cancelledError } from "../../../exec/result.ts";
import type { Runner } from "../../../exec/runner.ts";
import type { Measure } from "../../../ports/capture.ts";
import type { Held } from "../hold.ts";
import type { DetailedEntry } from "../listing.ts";
import { findEntries } from "./find-entries.ts";
import { flushAll } from "./flush-all.ts";
import { writeRecordFile } from "./record-file.ts";
import { cutNames, sortByName } from "./sort-records.ts";
import type { Spool } from "./spool.ts";

export interface FirstListing {
  readonly measure: Measure;
  readonly root: DetailedEntry;
  readonly time: ListingTime;
  readonly known: KnownEntries;
  /** Records as find printed them, sorted by name. */
  readonly file: string;
  /** The names alone, in the same order. */
  readonly names: string;
}

interface Options {
  readonly hash: Hash;
  readonly signal?: AbortSignal;
}

/** So much that was only just written is worth waiting a moment, or it is all copied again. */
const worthWaiting = { bytes: 32 << 20, files: 2000 };

/** Lists, then flushes and sorts. A tree that was written a moment ago is listed once more. */
export async function takeFirstListing(
  runner: Runner,
  held: Held,
  spool: Spool,
  options: Options,
): Promise<FirstListing> {
  let listing = await list(runner, held, spool, options);
  if (listing.fresh.bytes > worthWaiting.bytes || listing.fresh.files > worthWaiting.files) {
    await pause(1000 * tickSeconds + 100, options.signal);
    listing = await list(runner, held, spool, options);
  }
  const file = spool.at("first");
  const names = spool.at("first.names");
  const sort = async () => {
    await sortByName(runner, listing.file, file, spool, options);
    await cutNames(runner, file, names, options);
  };
  // A flush waits for the disk, a sort for the processor.
  const works = [flushAll(runner, held, listing.places, options), sort()];
  await Promise.allSettled(works); // nothing is under way when this throws
  await Promise.all(works);
  const { measure, root, time, known } = listing;
  return { measure, root, time, known, file, names };
}

async function list(runner: Runner, held: Held, spool: Spool, options: Options) {
  const known = new KnownEntries(options.hash);
  /** A name on each device, to flush it by. */
  const places = new Map<string, string>();
  const fresh = { bytes: 0, files: 0 };
  const file = spool.at("first.found");
  const start = await spool.now();
  const writer = await writeRecordFile(file);
  try {
    const { measure, root } = await findEntries(
      runner,
      held,
      async (entries) => {
        for (const entry of entries) {
          known.add(entry.name, entry.facts);
          if (isRacy(entry.ctime, { start, end: Number.POSITIVE_INFINITY })) {
            fresh.files += 1;
            fresh.bytes += entry.type === "f" ? entry.allocated : 0;
          }
          if (entry.type === "d" || entry.type === "f") notePlace(places, entry);
        }
        await writer.write(entries.map(({ record }) => record));
      },
      options,
    );
    const time = { start, end: await spool.now() };
    return { measure, root, time, known, places: [...places.values()], fresh, file };
  } finally {
    await writer.close();
  }
}

function notePlace(places: Map<string, string>, entry: DetailedEntry): void {
  const device = entry.inode.slice(0, entry.inode.indexOf(":"));
  if (!places.has(device)) places.set(device, entry.name);
}

async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch {
    throw cancelledError("waiting for the tree to settle");
  }
}
