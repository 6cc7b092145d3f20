import { HashTable } from "../../../domain/two-phase/hash-table.ts";
import type { Hash } from "../../../domain/two-phase/known-entries.ts";
import { type DetailedEntry, mayShare, parseDetailed } from "../listing.ts";
import { readBatches, writeRecordFile } from "./record-file.ts";

/** Writes a sorted listing of find's in the format that docs/format.md gives. */
export async function writeListingText(
  listing: string,
  file: string,
  hash: Hash,
  signal?: AbortSignal,
): Promise<void> {
  const numberOf = await numberLinks(listing, hash, signal);
  const writer = await writeRecordFile(file);
  try {
    for await (const records of readBatches(listing, "\0", signal)) {
      await writer.write(records.map(parseDetailed).map((entry) => asText(entry, numberOf(entry))));
    }
  } finally {
    await writer.close();
  }
}

function asText(entry: DetailedEntry, link: number): string {
  const { type, mode, uid, gid, bytes, mtime, name } = entry;
  const nanoseconds = mtime.slice(0, -1);
  return `${type} ${mode} ${uid} ${gid} ${type === "f" ? bytes : 0} ${nanoseconds} ${link} ${name}`;
}

/** Files with several names in the tree are counted in the order of their first. */
async function numberLinks(
  listing: string,
  hash: Hash,
  signal?: AbortSignal,
): Promise<(entry: DetailedEntry) => number> {
  const names = new HashTable();
  for await (const records of readBatches(listing, "\0", signal)) {
    for (const entry of records.map(parseDetailed)) {
      if (!mayShare(entry)) continue;
      const file = hash(entry.inode);
      names.set(file, (names.get(file) ?? 0n) + 1n);
    }
  }
  const numbers = new HashTable();
  return (entry) => {
    if (!mayShare(entry)) return 0;
    const file = hash(entry.inode);
    if ((names.get(file) ?? 0n) < 2n) return 0;
    const number = numbers.get(file) ?? BigInt(numbers.size + 1);
    numbers.set(file, number);
    return Number(number);
  };
}
