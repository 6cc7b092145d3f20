import { StackholdError } from "../../errors.ts";
import type { Runner } from "../../exec/runner.ts";
import type { Activity, Measure, Tree } from "../../ports/capture.ts";
import { countFew } from "./count-few.ts";
import { createCounter } from "./counter.ts";
import { type Held, hold } from "./hold.ts";
import { type Entry, listCommand, parseEntry, parseRecords, requireListing } from "./listing.ts";
import { isFiltered, selectionOf } from "./selection.ts";

/** Also of a tree in motion; what cannot be read inside it is not counted. */
export async function measure(runner: Runner, tree: Tree, activity: Activity): Promise<Measure> {
  await using held = await hold(tree);
  activity.signal?.throwIfAborted();
  const total =
    (await countFew(held)) ??
    (await listTree(runner, held, { ...signalOf(activity), isMoving: true }));
  if (total.files > 0) return total;
  throw new StackholdError("SOURCE_UNREADABLE", `${tree.path} is not there`);
}

export interface ListOptions {
  readonly signal?: AbortSignal;
  readonly isMoving?: boolean;
  readonly onSelected?: (entries: readonly Entry[]) => Promise<void>;
}

export function signalOf(activity: { readonly signal?: AbortSignal }): { signal?: AbortSignal } {
  return activity.signal === undefined ? {} : { signal: activity.signal };
}

/** Lists a tree through its excludes, counts it, and hands over the names it keeps. */
export async function listTree(runner: Runner, held: Held, options: ListOptions): Promise<Measure> {
  const { tree, root, directory } = held;
  const select = selectionOf(tree);
  const counter = createCounter();
  const withNames = isFiltered(tree) || options.onSelected !== undefined;
  const result = await runner.run(listCommand(root, withNames), {
    cwd: directory,
    diesWithParent: true,
    ...signalOf(options),
    stdout: {
      separator: "\0",
      onRecords: async (records) => {
        const { entries, tooLong } = parseRecords(records, parseEntry);
        const selected = entries.filter(select);
        for (const entry of selected) counter.add(entry);
        counter.leaveOut(tooLong.filter(select));
        await options.onSelected?.(selected);
      },
    },
  });
  requireListing(result, tree.path, options.isMoving ?? false);
  return counter.total();
}
