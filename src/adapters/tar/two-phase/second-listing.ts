import { createChanges } from "../../../domain/two-phase/changes.ts";
import type { Stretches } from "../../../domain/two-phase/stretches.ts";
import { parentsOf } from "../../../domain/two-phase/topmost.ts";
import { StackholdError } from "../../../errors.ts";
import type { Runner } from "../../../exec/runner.ts";
import type { Activity, Measure } from "../../../ports/capture.ts";
import { createCounter } from "../counter.ts";
import { type Held, requireInPlace } from "../hold.ts";
import { type DetailedEntry, isOfTooLong, parseDetailed, parseTooLong } from "../listing.ts";
import { signalOf } from "../measure.ts";
import { selectionOf } from "../selection.ts";
import { findInPortions, type Portions } from "./find-portions.ts";
import type { FirstListing } from "./first-listing.ts";
import type { HotKnowledge } from "./hot-knowledge.ts";
import { createPassing, type PassingSink } from "./pass-over.ts";
import { unlisted } from "./run-find.ts";
import type { Spool } from "./spool.ts";

/** A tree after its hot passes. */
export interface Stored {
  readonly held: Held;
  readonly first: FirstListing;
  readonly hot: HotKnowledge;
}

/** What a listing after all hot passes taught, to make the next one quicker. */
export interface Learnt {
  readonly stretches: Stretches;
  readonly portions: Portions;
}

export interface Compared {
  /** Names of one file are not looked at together here. Sockets never change. */
  readonly onEntry: (entry: DetailedEntry, isChanged: boolean) => void;
  /** Something that does not belong to the tree stands between its entries. */
  readonly onLeftOut?: () => void;
  /** The records of the tree, after these, also of what did not need to be looked at. */
  readonly onBatch?: (records: readonly string[]) => Promise<void>;
}

export interface Listed {
  readonly measure: Measure;
  /** Names that vanished while they were listed. */
  readonly vanished: readonly string[];
}

/** Lists again and says of each entry that is not as it was when it was learnt whether to copy it. */
export async function compareAgain(
  runner: Runner,
  { held, first, hot }: Stored,
  compared: Compared,
  { learnt, spool }: { readonly learnt?: Learnt | undefined; readonly spool: Spool },
  activity: Pick<Activity, "signal" | "onProgress">,
): Promise<Listed> {
  const { portions = [], stretches } = learnt ?? {};
  const parted = new Set(portions.flat());
  const above = new Set([...parted].flatMap(parentsOf));
  const changes = createChanges({
    isSame: (name, facts) => first.known.isSame(name, facts),
    wasOtherThanDirectory: (name) => /[^d]/.test(hot.typesOf(name)),
    firstListing: first.time,
    parted: above,
  });
  const select = selectionOf(held.tree);
  const counter = createCounter();
  const noDirectories = new Set<string>();
  let root: string | undefined;
  let files = 0;
  const taken: string[] = [];

  /** Whether it belongs to the tree. */
  const judge = (record: string, isOfPortion: boolean): boolean => {
    if (isOfTooLong(record)) {
      counter.leaveOut([parseTooLong(record)].filter(select));
      compared.onLeftOut?.();
      return false;
    }
    const entry = parseDetailed(record);
    const isTwice = isOfPortion && entry.type !== "d" && parted.has(entry.name);
    if (isTwice || !select(entry)) {
      compared.onLeftOut?.();
      return false;
    }
    if (entry.type !== "d" && above.has(entry.name)) noDirectories.add(entry.name);
    counter.add(entry);
    const isChanged = changes.isChanged(entry);
    compared.onEntry(entry, isChanged && entry.type !== "s");
    return true;
  };
  const passing = createPassing(stretches, changes);
  const sorting = (isOfPortion: boolean): PassingSink => ({
    look: (record) => {
      if (judge(record, isOfPortion)) taken.push(record);
    },
    passOver: (records, counted) => {
      counter.addCounted(counted);
      taken.push(...records);
    },
  });
  const handOver = async () => {
    const batch = taken.splice(0);
    files += batch.length;
    await compared.onBatch?.(batch);
    activity.onProgress?.({ bytes: 0, files });
  };
  const sink = {
    noDirectories,
    onRecords: async (records: readonly string[], isOfPortion: boolean) => {
      root ??= records[0];
      passing.sort(records, sorting(isOfPortion));
      await handOver();
    },
    onEnd: async (isOfPortion: boolean) => {
      passing.end(sorting(isOfPortion));
      await handOver();
    },
  };
  const vanished = await findInPortions(runner, held, portions, spool, sink, signalOf(activity));
  if (root === undefined) throw unlisted(held);
  requireSameRoot(held, first, parseDetailed(root));
  await requireInPlace(held);
  return { measure: counter.total(), vanished };
}

/** A root that is another directory, or one that was removed, would look like a tree all deleted. */
function requireSameRoot({ tree }: Held, first: FirstListing, root: DetailedEntry): void {
  if (tree.type === "file") return;
  if (root.inode === first.root.inode && root.links > 0) return;
  const what = root.links === 0 ? "is not there any more" : "was replaced while it was stored";
  throw new StackholdError("SOURCE_UNREADABLE", `${tree.path} ${what}`, {
    hint: "run again when nothing moves the directory itself",
  });
}
