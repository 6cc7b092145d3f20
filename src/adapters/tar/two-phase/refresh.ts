import { Division } from "../../../domain/two-phase/division.ts";
import type { Hash } from "../../../domain/two-phase/known-entries.ts";
import { Stretches } from "../../../domain/two-phase/stretches.ts";
import type { Runner } from "../../../exec/runner.ts";
import type { Activity, Measure } from "../../../ports/capture.ts";
import { countedOf, createCounter } from "../counter.ts";
import { type DetailedEntry, mayShare } from "../listing.ts";
import { compareAgain, type Learnt, type Stored } from "./second-listing.ts";
import type { Spool } from "./spool.ts";

/** How a listing at rest is made quicker; what it finds does not depend on it. */
export interface Pace {
  /** Processes that list side by side. */
  readonly portions: number;
  /** Entries; no portion has fewer. */
  readonly least: number;
  /** Entries; a directory with fewer is in no portion of its own. */
  readonly directory: number;
  /** The most records that are compared at once. */
  readonly stretch: number;
}

/** What a freeze would find changed, and what makes its listing quicker; the caches are warm afterwards. */
export async function refresh(
  runner: Runner,
  stored: Stored,
  { hash, pace, spool }: { readonly hash: Hash; readonly pace: Pace; readonly spool: Spool },
  activity: Activity,
): Promise<{ readonly changed: Measure; readonly learnt: Learnt }> {
  const counter = createCounter();
  const stretches = new Stretches(hash, pace.stretch);
  const division = new Division(pace.directory);
  const compared = {
    onEntry: (entry: DetailedEntry, isChanged: boolean) => {
      const isDirectory = entry.type === "d";
      division.add(isDirectory ? detached(entry.name) : entry.name, isDirectory);
      if (isChanged) counter.add(entry);
      if (isChanged || mayShare(entry)) stretches.end();
      else stretches.add(entry.record, countedOf(entry));
    },
    onLeftOut: () => stretches.end(),
  };
  await compareAgain(runner, stored, compared, { spool }, activity);
  stretches.end();
  const isTree = stored.held.tree.type === "directory";
  const portions = isTree ? division.portions({ count: pace.portions, least: pace.least }) : [];
  return { changed: counter.total(), learnt: { stretches, portions } };
}

/** A part of a string keeps all of it in memory, here the whole batch that a name was read with. */
function detached(name: string): string {
  return Buffer.from(name, "latin1").toString("latin1");
}
