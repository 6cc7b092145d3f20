import { addTo, type Counted } from "../../domain/two-phase/stretches.ts";
import type { Measure } from "../../ports/capture.ts";
import { contentOf, type Entry, type Parsed } from "./listing.ts";

export interface Counter {
  add(entry: Entry): void;
  /** Entries of which none shares its file with another. */
  addCounted(counted: Readonly<Counted>): void;
  leaveOut(entries: Parsed<Entry>["tooLong"]): void;
  total(): Measure;
}

/** Counts what tar stores: sockets are not, a file with several names has its bytes once. */
export function createCounter(): Counter {
  const seen = new Set<string>();
  const sum = { files: 0, bytes: 0, allocatedBytes: 0 };
  const tooLong: { count: number; first: string | undefined } = { count: 0, first: undefined };
  return {
    add(entry) {
      const counted = countedOf(entry);
      const isShared = entry.type === "f" && entry.links > 1;
      const isKnown = isShared && seen.has(entry.inode);
      if (isShared) seen.add(entry.inode);
      addTo(sum, isKnown ? { ...counted, bytes: 0, allocatedBytes: 0 } : counted);
    },
    addCounted: (counted) => addTo(sum, counted),
    leaveOut(entries) {
      const stored = entries.filter(({ type }) => type !== "s");
      tooLong.count += stored.length;
      tooLong.first ??= stored[0]?.name;
    },
    total: () => {
      const { count, first } = tooLong;
      if (first === undefined) return { ...sum };
      const path = Buffer.from(first.slice(2), "latin1").toString("utf8");
      return { ...sum, tooLong: { count, first: path } };
    },
  };
}

/** What an entry alone adds. */
export function countedOf(entry: Entry): Counted {
  if (entry.type === "s") return { files: 0, bytes: 0, allocatedBytes: 0 };
  if (entry.type !== "f") return { files: 1, bytes: 0, allocatedBytes: 0 };
  return { files: 1, bytes: entry.bytes, allocatedBytes: contentOf(entry) };
}
