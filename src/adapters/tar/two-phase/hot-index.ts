import { type DetailedEntry, parseDetailed } from "../listing.ts";
import {
  isSameTime,
  linkTarget,
  parseIndexLine,
  restAfter,
  type Stored,
  symbolicTarget,
} from "./index-line.ts";
import { type RecordReader, readRecordFile } from "./record-file.ts";
import { createStrays, type Strays } from "./strays.ts";

export interface HotFindings {
  /** Listed, but not stored, or not as it was listed. */
  onOdd(name: string): void;
  /** Comes out of the archive as another type than it was listed with, if it was listed. */
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
  await using listed = readRecordFile(listing, "\0", signal);
  await using lines = readRecordFile(index, "\n", signal);
  const strays = createStrays();
  for (;;) {
    await listed.fill();
    await lines.fill();
    if (listed.peek() === undefined) return;
    do readEntry(listed, lines, strays, findings);
    while (!listed.isDry && !lines.isDry && listed.peek() !== undefined);
  }
}

function readEntry(
  listed: RecordReader,
  lines: RecordReader,
  strays: Strays,
  findings: HotFindings,
): void {
  const entry = parseDetailed(listed.peek() ?? "");
  const stored = parseIndexLine(lines.peek() ?? "");
  const after = stored === undefined ? undefined : restAfter(stored, entry.name);
  listed.next();
  if (stored === undefined || after === undefined) {
    if (entry.type !== "s") findings.onOdd(entry.name);
    return;
  }
  lines.next();
  judge(entry, stored, after, findings);
  if (entry.type === "d" && stored.type === "l") strays.add(entry.name, symbolicTarget(after));
  const stray = strays.find(entry.name);
  if (stray !== undefined) {
    findings.onOdd(stray);
    findings.onRetyped(stray, fileType(stored));
  }
}

/** tar stores whatever has been stored before as a link, also a file that has one name only. */
function judge(entry: DetailedEntry, stored: Stored, after: string, findings: HotFindings): void {
  const isLink = stored.type === "h";
  const isRetyped = isLink ? "ds".includes(entry.type) : stored.type !== entry.type;
  if (isLink) findings.onLink(entry.name, linkTarget(after));
  if (isRetyped) findings.onRetyped(entry.name, fileType(stored));
  const isSize = stored.type !== "f" || Number(stored.size) === entry.bytes;
  const isListed = isSize && isSameTime(stored, entry.mtime) && !(isLink && entry.links < 2);
  if (isRetyped || !isListed) findings.onOdd(entry.name);
}

function fileType(stored: Stored): string {
  return stored.type === "h" ? "f" : stored.type;
}
