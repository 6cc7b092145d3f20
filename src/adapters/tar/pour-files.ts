import { Buffer } from "node:buffer";
import { relativeName, type StoredEntry } from "../../domain/stored-entry.ts";
import { StackholdError } from "../../errors.ts";
import { describeEnd, stderrSummary } from "../../exec/result.ts";
import type { Activity, Layers } from "../../ports/capture.ts";
import { archivesOf, keptOf } from "./hot-layer.ts";
import { signalOf } from "./measure.ts";
import { memberFlags, memberList } from "./members.ts";
import { type Opener, opened } from "./opened.ts";
import { readStoredListing } from "./stored-listing.ts";
import { damagedFile } from "./stored-records.ts";
import { readTable } from "./table.ts";

export type OnFile = (name: string, content: Buffer) => void | Promise<void>;

/** The content of a file is under the first of its names. */
const contentName = ({ name, hardLinkTo }: StoredEntry) => hardLinkTo ?? name;

/** The content of several regular files, as of the freeze. */
export async function pourFiles(
  runner: Opener,
  layers: Layers,
  names: ReadonlySet<string>,
  onFile: OnFile,
  activity: Activity,
): Promise<void> {
  const left = await storedFiles(runner, layers, names, activity);
  for (const file of archivesOf(layers).reverse()) {
    if (left.size === 0) return;
    const found = await entriesOf(runner, file, left, activity);
    for (const { name } of found) left.delete(name);
    const files = Map.groupBy(
      found.filter(({ type }) => type === "f"),
      contentName,
    );
    const firsts = await entriesOf(runner, file, new Set(files.keys()), activity);
    const give: OnFile = async (first, content) => {
      for (const { name } of files.get(first) ?? []) await onFile(name, content);
    };
    if (firsts.length > 0) await pourMembers(runner, file, firsts, give, activity);
  }
  const kept = keptOf(layers);
  if (kept === undefined) return;
  for (const name of left) {
    const content: Uint8Array[] = [];
    await kept.pour(name, async (bytes) => void content.push(Buffer.from(bytes)), activity);
    await onFile(name, Buffer.concat(content));
  }
}

/** Those of the names that were regular files at the freeze, as far as a listing says it. */
async function storedFiles(
  runner: Opener,
  { listing }: Layers,
  names: ReadonlySet<string>,
  activity: Activity,
): Promise<Set<string>> {
  if (listing === undefined) return new Set(names);
  const files = new Set<string>();
  await readStoredListing(runner, listing, activity, (entries) => {
    for (const { type, name } of entries) {
      if (type === "f" && names.has(relativeName(name))) files.add(relativeName(name));
    }
  });
  return files;
}

/** In the order of the archive. */
async function entriesOf(
  runner: Opener,
  file: string,
  names: ReadonlySet<string>,
  activity: Activity,
): Promise<StoredEntry[]> {
  const found: StoredEntry[] = [];
  if (names.size === 0) return found;
  const note = (entries: readonly StoredEntry[]) => void found.push(...entries);
  await readTable(runner, file, (name) => names.has(name), note, activity);
  return found;
}

/** tar prints one after another in the order of the archive, which is that of its table. */
async function pourMembers(
  runner: Opener,
  file: string,
  files: readonly StoredEntry[],
  onFile: OnFile,
  activity: Activity,
): Promise<void> {
  const waiting = files.values();
  let current = waiting.next().value;
  let content: Uint8Array[] = [];
  let length = 0;
  const giveComplete = async () => {
    while (current !== undefined && length >= current.size) {
      const all = Buffer.concat(content);
      await onFile(current.name, all.subarray(0, current.size));
      content = [all.subarray(current.size)];
      length -= current.size;
      current = waiting.next().value;
    }
  };
  const onBytes = async (chunk: Uint8Array) => {
    content.push(chunk);
    length += chunk.length;
    await giveComplete();
  };
  const from = await opened(runner, file);
  const source = [...from.args, "--extract", "--to-stdout", "--force-local"];
  const result = await runner.run(
    { program: "tar", args: [...source, "--no-recursion", ...memberFlags] },
    {
      diesWithParent: true,
      environment: from.environment,
      stdin: memberList(files.map(({ name }) => name)),
      stdout: { onBytes },
      ...signalOf(activity),
    },
  );
  if (result.cancelled) throw new StackholdError("CANCELLED", `reading ${file} was cancelled`);
  if (result.verdict === "failure") {
    throw damagedFile(file, `tar ${describeEnd(result)}: ${stderrSummary(result)}`);
  }
  await giveComplete();
  if (current !== undefined || length > 0) throw damagedFile(file, "a file is not as long as said");
}
