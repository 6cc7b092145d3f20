import type { Measure } from "../../ports/capture.ts";
import type { Entry } from "./listing.ts";

export interface Counter {
  add(entry: Entry): void;
  total(): Measure;
}

/** Counts what tar stores: sockets are not, a file with several names has its bytes once. */
export function createCounter(): Counter {
  const seen = new Set<string>();
  let files = 0;
  let bytes = 0;
  return {
    add(entry) {
      if (entry.type === "s") return;
      files += 1;
      if (entry.type !== "f") return;
      if (entry.links > 1) {
        if (seen.has(entry.inode)) return;
        seen.add(entry.inode);
      }
      bytes += entry.bytes;
    },
    total: () => ({ files, bytes }),
  };
}
