import { type DetailedEntry, parseDetailed } from "../listing.ts";
import { isSameTime, linkTarget, parseIndexLine, restAfter, type Stored } from "./index-line.ts";
import { type RecordReader, readRecordFile } from "./record-file.ts";

export interface HotFindings {
  /** Listed, but not stored, or not as it was listed. */
  onOdd(name: string): void;
  /** Stored as another type than it was listed with. */
  onRetyped(name: string, type: string): void;
  /** Stored as a link to a name that was stored before. */
  onLink(name: string, target: string): void;
}

/** Reads what tar really stored beside the sorted first listing, which tar went through in order. */
export async function readHotIndex(
  listing: string,
  index: string,
  findings: HotFindings,
  signal?: AbortSignal,
): Promise<void> {
  const listed = readRecordFile(listing, "\0", signal);
  const lines = readRecordFile(index, "\n", signal);
  for (;;) {
    await listed.ready();
    await lines.ready();
    if (!readOn(listed, lines, findings)) return;
  }
}

/** Until one of the two must be waited for; false at the end of the listing. */
function readOn(listed: RecordReader, lines: RecordReader, findings: HotFindings): boolean {
  let record = listed.peek();
  if (record === undefined) return false;
  while (record !== undefined && lines.ready() === undefined) {
    const entry = parseDetailed(record);
    const stored = parseIndexLine(lines.peek() ?? "");
    const after = stored === undefined ? undefined : restAfter(stored, entry.name);
    if (stored === undefined || after === undefined) {
      if (entry.type !== "s") findings.onOdd(entry.name);
    } else {
      lines.next();
      judge(entry, stored, after, findings);
    }
    listed.next();
    if (listed.ready() !== undefined) return true;
    record = listed.peek();
  }
  return record !== undefined;
}

function judge(entry: DetailedEntry, stored: Stored, after: string, findings: HotFindings): void {
  const isLink = stored.type === "h";
  const isRetyped = isLink ? entry.type === "d" : stored.type !== entry.type;
  if (isLink) findings.onLink(entry.name, linkTarget(after));
  if (isRetyped) findings.onRetyped(entry.name, isLink ? "f" : stored.type);
  const isSize = stored.type !== "f" || Number(stored.size) === entry.bytes;
  if (isRetyped || !isSize || !isSameTime(stored, entry.mtime)) findings.onOdd(entry.name);
}
