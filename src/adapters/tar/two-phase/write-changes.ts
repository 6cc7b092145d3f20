import { rm } from "node:fs/promises";
import type { Hash } from "../../../domain/two-phase/known-entries.ts";
import type { Runner } from "../../../exec/runner.ts";
import type { Activity, Measure } from "../../../ports/capture.ts";
import type { ChangesTarget, WrittenChanges } from "../../../ports/two-phase.ts";
import { signalOf } from "../measure.ts";
import { compressFile } from "./compress-file.ts";
import { writeDeletedNames } from "./deleted-names.ts";
import { forgetMoved } from "./forget-moved.ts";
import type { Copied } from "./freeze.ts";
import { writeListingText } from "./listing-text.ts";
import type { Stored } from "./second-listing.ts";
import { sortByName } from "./sort-records.ts";
import type { Spool } from "./spool.ts";

/** What all targets get, uncompressed. */
export interface Prepared {
  /** At the freeze. */
  readonly tree: Measure;
  readonly delta?: string;
  /** Names that are in the delta, sorted. */
  readonly changed?: string;
  /** The listing at the freeze as find printed it, sorted. */
  readonly second: string;
  readonly deleted?: string;
  readonly listing: string;
}

/** Needs the listings and nothing of the tree. */
export async function prepareChanges(
  runner: Runner,
  { first, hot }: Stored,
  copied: Copied,
  { spool, hash }: { readonly spool: Spool; readonly hash: Hash },
  signal: AbortSignal,
): Promise<Prepared> {
  const second = spool.at("second");
  await sortByName(runner, copied.listing, second, spool, { signal });
  const deleted = spool.at("deleted");
  const count = await writeDeletedNames({ first: first.file, second }, hot, deleted, signal);
  const listing = spool.at("listing");
  await writeListingText(second, listing, hash, signal);
  return {
    tree: copied.frozen.tree,
    ...{ listing, second },
    ...(copied.archive === undefined ? {} : { delta: copied.archive }),
    ...(copied.names === undefined ? {} : { changed: copied.names }),
    ...(count === 0 ? {} : { deleted }),
  };
}

/** All of it or, when it fails, nothing. */
export async function writeChanges(
  runner: Runner,
  prepared: Prepared,
  target: ChangesTarget,
  activity: Activity,
): Promise<WrittenChanges> {
  const quiet = signalOf(activity);
  const { recipients } = target.listing;
  const plain = { file: target.deleted, compression: "none", level: 1 } as const;
  const names = { ...plain, ...(recipients === undefined ? {} : { recipients }) };
  const written: string[] = [];
  try {
    if (prepared.delta !== undefined) {
      await compressFile(runner, prepared.delta, target.delta, activity);
      written.push(target.delta.file);
    }
    if (prepared.deleted !== undefined) {
      await compressFile(runner, prepared.deleted, names, quiet);
      written.push(names.file);
    }
    await compressFile(runner, prepared.listing, target.listing, quiet);
    const { remember } = target;
    if (remember !== undefined) await forgetMoved(remember, prepared, activity.signal);
  } catch (failure) {
    for (const file of written) await rm(file, { force: true });
    throw failure;
  }
  const { tree, delta, deleted } = prepared;
  return { tree, delta: delta !== undefined, deleted: deleted !== undefined };
}
