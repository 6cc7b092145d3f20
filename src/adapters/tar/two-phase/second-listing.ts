import { createChanges } from "../../../domain/two-phase/changes.ts";
import { StackholdError } from "../../../errors.ts";
import type { Runner } from "../../../exec/runner.ts";
import type { Activity } from "../../../ports/capture.ts";
import { type Held, requireInPlace } from "../hold.ts";
import type { DetailedEntry } from "../listing.ts";
import { signalOf } from "../measure.ts";
import { type Found, findEntries } from "./find-entries.ts";
import type { FirstListing } from "./first-listing.ts";
import type { HotKnowledge } from "./hot-knowledge.ts";

/** A tree after its hot passes. */
export interface Stored {
  readonly held: Held;
  readonly first: FirstListing;
  readonly hot: HotKnowledge;
}

export interface Compared {
  /** Names of one file are not looked at together here. Sockets never change. */
  readonly onEntry: (entry: DetailedEntry, isChanged: boolean) => void;
  /** After these. */
  readonly onBatch: (entries: readonly DetailedEntry[]) => Promise<void>;
}

/** Lists again and says of each entry whether it must be copied. */
export async function compareAgain(
  runner: Runner,
  { held, first, hot }: Stored,
  { onEntry, onBatch }: Compared,
  activity: Pick<Activity, "signal" | "onProgress">,
): Promise<Found> {
  let files = 0;
  const isChanged = createChanges({
    isSame: (name, facts) => first.known.isSame(name, facts),
    wasOtherThanDirectory: (name) => /[^d]/.test(hot.typesOf(name)),
    firstListing: first.time,
  });
  const compare = async (entries: readonly DetailedEntry[]) => {
    for (const entry of entries) {
      const changed = isChanged(entry);
      onEntry(entry, changed && entry.type !== "s");
    }
    await onBatch(entries);
    files += entries.length;
    activity.onProgress?.({ bytes: 0, files });
  };
  const found = await findEntries(runner, held, compare, signalOf(activity));
  requireSameRoot(held, first, found);
  await requireInPlace(held);
  return found;
}

/** A root that is another directory, or one that was removed, would look like a tree all deleted. */
function requireSameRoot({ tree }: Held, first: FirstListing, { root }: Found): void {
  if (tree.type === "file") return;
  if (root.inode === first.root.inode && root.links > 0) return;
  const what = root.links === 0 ? "is not there any more" : "was replaced while it was stored";
  throw new StackholdError("SOURCE_UNREADABLE", `${tree.path} ${what}`, {
    hint: "run again when nothing moves the directory itself",
  });
}
