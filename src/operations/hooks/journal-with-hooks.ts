import type { Hook } from "../../domain/hooks.ts";
import type { Journal, JournalEntry, JournaledHooks } from "../../ports/journal.ts";

/** Nothing but hooks, if anything. */
export function isBlank(entry: JournalEntry): boolean {
  const { containers, swaps, stages, compose, creates, networks = [], mounts = [] } = entry;
  const lists = [containers, swaps, stages, networks, mounts];
  return lists.every((list) => list.length === 0) && compose === undefined && creates === undefined;
}

/**
 * A unit's journal as the rest of its run sees it: whatever is written keeps the hooks that are
 * due, and what is closed leaves them.
 */
export function journalWithHooks(
  journal: Journal,
  blank: JournalEntry,
  hooks: JournaledHooks,
): Journal {
  const isOurs = (unit: string) => unit === blank.unit;
  return {
    units: () => journal.units(),
    write: (entry) => journal.write(isOurs(entry.unit) ? { ...entry, hooks } : entry),
    close: (unit) => (isOurs(unit) ? journal.write({ ...blank, hooks }) : journal.close(unit)),
    async read(unit) {
      const entry = await journal.read(unit);
      if (entry === undefined || !isOurs(unit)) return entry;
      const { hooks: _, ...rest } = entry;
      return isBlank(rest) ? undefined : rest;
    },
  };
}

/** For a unit that does not start: what went wrong is tried again with it. */
export function withHooksLeft(entry: JournalEntry, failed: readonly Hook[]): JournalEntry {
  const { hooks, ...rest } = entry;
  if (hooks === undefined || failed.length === 0) return rest;
  return { ...rest, hooks: { ...hooks, post: failed } };
}
