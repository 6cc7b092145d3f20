import type { Runner } from "../../../exec/runner.ts";
import type { Measure } from "../../../ports/capture.ts";
import { createCounter } from "../counter.ts";
import type { Held } from "../hold.ts";
import {
  type DetailedEntry,
  detailedListCommand,
  parseDetailed,
  parseRecords,
} from "../listing.ts";
import { selectionOf } from "../selection.ts";
import { runFind, unlisted } from "./run-find.ts";

export interface Found {
  readonly measure: Measure;
  /** The root itself, or the single file. */
  readonly root: DetailedEntry;
}

export type OnFound = (entries: readonly DetailedEntry[]) => Promise<void>;

/** Lists a held tree through its excludes. SOURCE_UNREADABLE unless all of it was seen. */
export async function findEntries(
  runner: Runner,
  held: Held,
  onFound: OnFound,
  options: { readonly signal?: AbortSignal },
): Promise<Found> {
  const select = selectionOf(held.tree);
  const counter = createCounter();
  let root: DetailedEntry | undefined;
  const onRecords = async (records: readonly string[]) => {
    const found = parseRecords(records, parseDetailed);
    const entries = found.entries.filter(select);
    root ??= entries[0];
    for (const entry of entries) counter.add(entry);
    counter.leaveOut(found.tooLong.filter(select));
    await onFound(entries);
  };
  const sink = { separator: "\0", onRecords } as const;
  await runFind(runner, held, detailedListCommand([held.root]), sink, options);
  if (root === undefined) throw unlisted(held);
  return { measure: counter.total(), root };
}
