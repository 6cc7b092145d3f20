import type { Hash } from "../../../domain/two-phase/known-entries.ts";
import { LinkedFiles } from "../../../domain/two-phase/linked-files.ts";
import { contentOf, type DetailedEntry, mayShare, parseDetailed } from "../listing.ts";
import type { HotKnowledge } from "./hot-knowledge.ts";
import { readBatches, writeRecordFile } from "./record-file.ts";

export interface ChangedNames {
  add(entry: DetailedEntry, isChanged: boolean): void;
  /** Writes what was added until now. */
  flush(): Promise<void>;
  /** Once everything was added: looks at the names of one file together. */
  finish(hot: HotKnowledge, signal?: AbortSignal): Promise<ChangedTotals>;
  close(): Promise<void>;
}

export interface ChangedTotals {
  readonly isEmpty: boolean;
  /** Apparent bytes of regular files, each file once. */
  readonly bytes: number;
  /** What an archive of them holds of their content: no holes. */
  readonly content: number;
}

/** Gathers the names to copy, each after its parents, unsorted, in the file `names`. */
export async function gatherChangedNames(
  files: { readonly names: string; readonly linked: string },
  hash: Hash,
  parentsOf: (name: string) => readonly string[],
): Promise<ChangedNames> {
  const [names, linkedRecords] = [
    await writeRecordFile(files.names),
    await writeRecordFile(files.linked),
  ];
  const linked = new LinkedFiles(hash);
  const pending = { names: [] as string[], linked: [] as string[] };
  const totals = { isEmpty: true, bytes: 0, content: 0 };
  let lastParent: string | undefined;

  const take = (name: string) => {
    totals.isEmpty = false;
    const parent = name.slice(0, Math.max(0, name.lastIndexOf("/")));
    if (parent !== lastParent) pending.names.push(...parentsOf(name));
    lastParent = parent;
    pending.names.push(name);
  };
  const count = (entry: DetailedEntry) => {
    if (entry.type !== "f") return;
    totals.bytes += entry.bytes;
    totals.content += contentOf(entry);
  };
  const flush = async () => {
    const { names: taken, linked: records } = pending;
    pending.names = [];
    pending.linked = [];
    await names.write(taken);
    await linkedRecords.write(records);
  };
  return {
    add: (entry, isChanged) => {
      if (mayShare(entry) && entry.type !== "s") {
        linked.add(entry.name, entry.inode, isChanged);
        pending.linked.push(entry.record);
      } else if (isChanged) {
        take(entry.name);
        count(entry);
      }
    },
    flush,
    finish: async (hot, signal) => {
      await flush();
      for (const [name, target] of hot.links) linked.compare(name, target);
      if (!linked.hasChanges) return totals;
      for await (const records of readBatches(files.linked, "\0", signal)) {
        for (const entry of records.map(parseDetailed)) {
          if (!linked.hasChanged(entry.inode)) continue;
          take(entry.name);
          if (linked.isFirst(entry.inode)) count(entry);
        }
        await flush();
      }
      return totals;
    },
    close: async () => {
      await names.close();
      await linkedRecords.close();
    },
  };
}
