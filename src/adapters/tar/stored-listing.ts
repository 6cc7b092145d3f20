import { compareNames, type ListedEntry, parseListedEntry } from "../../domain/listing.ts";
import type { Activity, Measure } from "../../ports/capture.ts";
import type { Opener } from "./opened.ts";
import { damagedFile, readStoredRecords } from "./stored-records.ts";

/**
 * Hands over a stored listing in batches, proven to be in order and complete, and counts it as an
 * archive of the tree would be: sockets are not, a file with several names has its bytes once.
 */
export async function readStoredListing(
  runner: Opener,
  file: string,
  activity: Activity,
  onEntries: (entries: readonly ListedEntry[]) => void | Promise<void> = () => {},
): Promise<Measure> {
  let last = "";
  let links = 0;
  let files = 0;
  let bytes = 0;
  const check = (record: string): ListedEntry => {
    const entry = parseListedEntry(record);
    if (entry === undefined) throw damagedFile(file, `"${readable(record)}" is no record`);
    const { name, link } = entry;
    if (last !== "" && compareNames(last, name) >= 0) {
      throw damagedFile(file, `"${readable(name)}" is out of order`);
    }
    if (link > links + 1) throw damagedFile(file, `"${readable(name)}" has a strange link`);
    if (entry.type !== "s") files += 1;
    if (entry.type === "f" && (link === 0 || link > links)) bytes += entry.size;
    links = Math.max(links, link);
    last = name;
    return entry;
  };
  await readStoredRecords(runner, file, activity, (records) => onEntries(records.map(check)));
  if (last === "") throw damagedFile(file, "it is empty");
  return { files, bytes };
}

/** Latin1 bytes for people. */
export function readable(name: string): string {
  return Buffer.from(name.slice(0, 300), "latin1").toString("utf8");
}
