import type { Measure } from "../../ports/capture.ts";
import { contentOf, type Entry, type Parsed } from "./listing.ts";

export interface Counter {
  add(entry: Entry): void;
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
      if (entry.type === "s") return;
      sum.files += 1;
      if (entry.type !== "f") return;
      if (entry.links > 1) {
        if (seen.has(entry.inode)) return;
        seen.add(entry.inode);
      }
      sum.bytes += entry.bytes;
      sum.allocatedBytes += contentOf(entry);
    },
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
