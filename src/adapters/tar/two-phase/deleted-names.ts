import { createTopmost } from "../../../domain/two-phase/topmost.ts";
import { nameOf, parseDetailed } from "../listing.ts";
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
  await using second = readRecordFile(listings.second, "\0", signal);
  const writer = await writeRecordFile(file);
  let count = 0;
  await second.fill();
  try {
    for await (const candidates of candidatesOf(listings.first, hot, signal)) {
      const deleted: string[] = [];
      for (const { name, types } of candidates) {
        while (isBefore(second, name)) {
          second.next();
          if (second.isDry) await second.fill();
        }
        const now = typeOf(second, name);
        if ([...types].some((type) => type !== now) && isTopmost(name)) deleted.push(name);
      }
      count += deleted.length;
      await writer.write(deleted);
    }
  } finally {
    await writer.close();
  }
  return count;
}

interface Candidate {
  readonly name: string;
  /** Those it may have once the hot archive is unpacked. */
  readonly types: string;
}

/** What was listed, and what comes out of the hot archive elsewhere than listed; sorted. */
async function* candidatesOf(
  listing: string,
  hot: HotKnowledge,
  signal?: AbortSignal,
): AsyncGenerator<readonly Candidate[]> {
  const retyped = hot.retypedNames();
  let index = 0;
  const retypedUpTo = (last: string | undefined) => {
    const found: Candidate[] = [];
    for (let name = retyped[index]; name !== undefined; name = retyped[++index]) {
      if (last !== undefined && name > last) break;
      if (name !== last) found.push({ name, types: hot.typesOf(name) });
    }
    return found;
  };
  for await (const records of readBatches(listing, "\0", signal)) {
    yield records
      .map(parseDetailed)
      .flatMap(({ name, type }) => [
        ...retypedUpTo(name),
        { name, types: (type === "s" ? "" : type) + hot.typesOf(name) },
      ]);
  }
  yield retypedUpTo(undefined);
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
