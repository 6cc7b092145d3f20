import type { StoredEntry } from "../../domain/stored-entry.ts";
import { HashTable } from "../../domain/two-phase/hash-table.ts";
import { StackholdError } from "../../errors.ts";
import { describeEnd, stderrSummary } from "../../exec/result.ts";
import type { Activity } from "../../ports/capture.ts";
import { createHash } from "./create-hash.ts";
import { signalOf } from "./measure.ts";
import { type Opener, opened } from "./opened.ts";
import { damagedFile } from "./stored-records.ts";
import { parseTableLine, tableFlags } from "./table-line.ts";
import { collectComplaints, missingCompressor } from "./tar-messages.ts";

export type Wanted = (name: string) => boolean;
export type OnEntries = (entries: readonly StoredEntry[]) => void | Promise<void>;

/** Reads the table of one archive; every name is asked for, and a hard link has its file's size. */
export async function readTable(
  runner: Opener,
  file: string,
  wanted: Wanted,
  onEntries: OnEntries,
  activity: Activity,
): Promise<void> {
  const complaints = collectComplaints();
  const hash = await createHash();
  const sizes = new HashTable();
  const read = (text: string): StoredEntry => {
    const entry = parseTableLine(text);
    if (entry === undefined) throw damagedFile(file, `tar lists something strange: ${text}`);
    if (entry.hardLinkTo !== undefined) {
      return { ...entry, size: Number(sizes.get(hash(entry.hardLinkTo)) ?? 0n) };
    }
    if (entry.size > 0) sizes.set(hash(entry.name), BigInt(entry.size));
    return entry;
  };
  const onRecords = async (lines: readonly string[]): Promise<void> => {
    const entries = lines.map(read).filter(({ name }) => wanted(name));
    if (entries.length > 0) await onEntries(entries);
  };
  const from = await opened(runner, file);
  const result = await runner.run(
    { program: "tar", args: [...tableFlags, ...from.args] },
    {
      diesWithParent: true,
      environment: from.environment,
      onStderrLine: complaints.add,
      stdout: { separator: "\n", onRecords },
      ...signalOf(activity),
    },
  );
  if (result.cancelled) throw new StackholdError("CANCELLED", `reading ${file} was cancelled`);
  if (complaints.lacksCompressor) throw missingCompressor();
  if (result.verdict !== "failure") return;
  throw damagedFile(file, `tar ${describeEnd(result)}: ${stderrSummary(result)}`);
}
