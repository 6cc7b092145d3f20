import { createTopmost } from "../../../domain/two-phase/topmost.ts";
import { parseDetailed } from "../listing.ts";
import type { HotKnowledge } from "./hot-knowledge.ts";
import { type RecordReader, readBatches, readRecordFile, writeRecordFile } from "./record-file.ts";

/**
 * Writes the names that were listed first and are gone now, or are of another type now than they
 * were listed or stored with; topmost only. Both listings are sorted. Returns how many.
 */
export async function writeDeletedNames(
  listings: { readonly first: string; readonly second: string },
  hot: HotKnowledge,
  file: string,
  signal?: AbortSignal,
): Promise<number> {
  const isTopmost = createTopmost();
  const second = readRecordFile(listings.second, "\0", signal);
  const writer = await writeRecordFile(file);
  let count = 0;
  await second.ready();
  try {
    for await (const records of readBatches(listings.first, "\0", signal)) {
      const deleted: string[] = [];
      for (const record of records) {
        const { name, type } = parseDetailed(record);
        const types = (type === "s" ? "" : type) + hot.typesOf(name);
        while (isBefore(second, name)) {
          second.next();
          await second.ready();
        }
        const now = typeOf(second, name);
        if ([...types].some((stored) => stored !== now) && isTopmost(name)) deleted.push(name);
      }
      count += deleted.length;
      await writer.write(deleted);
    }
  } finally {
    await writer.close();
  }
  return count;
}

function nameOf(record: string): string {
  return parseDetailed(record).name;
}

function isBefore(sorted: RecordReader, name: string): boolean {
  const record = sorted.peek();
  return record !== undefined && nameOf(record) < name;
}

/** Undefined when it is not there. */
function typeOf(sorted: RecordReader, name: string): string | undefined {
  const record = sorted.peek();
  return record !== undefined && nameOf(record) === name ? record[0] : undefined;
}
