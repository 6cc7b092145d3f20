import type { Runner } from "../../exec/runner.ts";
import type { Activity, Measure, Tree } from "../../ports/capture.ts";
import { createCounter } from "./counter.ts";
import { type Entry, listCommand, parseEntry, requireListing } from "./listing.ts";
import { createSelection } from "./selection.ts";

export async function measure(runner: Runner, tree: Tree, activity: Activity): Promise<Measure> {
  return listTree(runner, tree, signalOf(activity));
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
export async function listTree(runner: Runner, tree: Tree, options: ListOptions): Promise<Measure> {
  const filtered = tree.type === "directory" && tree.exclude.length > 0;
  const select = filtered ? createSelection(tree.exclude) : () => true;
  const counter = createCounter();
  const result = await runner.run(listCommand(tree.path, filtered), {
    diesWithParent: true,
    ...signalOf(options),
    stdout: {
      separator: "\0",
      onRecords: async (records) => {
        const selected = records.map(parseEntry).filter(select);
        for (const entry of selected) counter.add(entry);
        await options.onSelected?.(selected);
      },
    },
  });
  requireListing(result, tree.path, options.isMoving ?? false);
  return counter.total();
}
