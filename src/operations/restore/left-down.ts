import { StackholdError } from "../../errors.ts";
import type { JournalEntry } from "../../ports/journal.ts";
import type { Deps } from "../context.ts";

/**
 * What the recovery before this restore could not start, if anything: it is kept until the restore
 * takes over. Throws when the data of a dead restore is not back where it was: nothing may be moved
 * on top of that.
 */
export async function leftDownBefore(unit: string, deps: Deps): Promise<JournalEntry | undefined> {
  const entry = await deps.journal.read(unit);
  if (entry === undefined || entry.swaps.length === 0) return entry;
  throw new StackholdError("LEFT_DOWN", `a dead restore of ${unit} is not rolled back yet`, {
    hint: "`stackhold recover` says why; nothing was touched",
  });
}
