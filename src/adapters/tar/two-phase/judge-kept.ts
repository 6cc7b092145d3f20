import type { Hash } from "../../../domain/two-phase/known-entries.ts";
import { LinkedFiles } from "../../../domain/two-phase/linked-files.ts";
import { isRacy, type ListingTime } from "../../../domain/two-phase/racy.ts";
import { createTopmost } from "../../../domain/two-phase/topmost.ts";
import type { KeptEntry } from "../../../ports/two-phase.ts";
import { type DetailedEntry, mayShare, parseDetailed } from "../listing.ts";
import { isPlainName } from "./kept-name.ts";
import {
  formatIdentity,
  type Identity,
  parseIdentity,
  parseKept,
  unknownIdentity,
} from "./kept-record.ts";
import { createSurvivors } from "./kept-survivors.ts";
import { type RecordWriter, readBatches, readRecordFile, writeRecordFile } from "./record-file.ts";
import { sortedBeside } from "./sorted-beside.ts";

/** Host paths; every file is sorted by name. */
export interface KeptInput {
  readonly listing: string;
  readonly kept: string;
  readonly remembered?: string;
  /** Of the listing, but from when on the keeper read. */
  readonly time: ListingTime;
}

/** Host paths of files to write. Only `strange`, `names` and `remember` come out sorted. */
export interface KeptOutput {
  /** Records of what belongs into the archive beside. */
  readonly rest: string;
  /** Names of what is kept as it was listed. */
  readonly names: string;
  readonly strange: string;
  readonly links: string;
  readonly remember: string;
  /** For a while: records of names that may share their file. */
  readonly linked: string;
}

export interface KeptJudgement {
  readonly strange: number;
  readonly links: number;
  readonly names: number;
  /** What was kept by size, mode and mtime alone, and was written since: bytes that must be stored beside. */
  readonly doubtful: number;
}

/** Tells what of a listed tree a keeper holds as it was listed. */
export async function judgeKept(
  input: KeptInput,
  output: KeptOutput,
  hash: Hash,
  signal?: AbortSignal,
): Promise<KeptJudgement> {
  await using listed = readRecordFile(input.listing, "\0", signal);
  await using keptFile = readRecordFile(input.kept, "\0", signal);
  await using rememberedFile = readRecordFile(input.remembered ?? "/dev/null", "\0", signal);
  const kept = sortedBeside(keptFile, parseKept);
  const remembered = sortedBeside(rememberedFile, parseIdentity);
  const sheet = await createSheet(output, input.time, hash);
  const survives = createSurvivors();
  const addStrange = (entry: KeptEntry) => {
    if (survives(entry)) sheet.addStrange(entry);
  };
  try {
    for (;;) {
      await listed.fill();
      const record = listed.peek();
      if (record === undefined) break;
      const entry = parseDetailed(record);
      while (!kept.reach(entry.name, addStrange)) {
        await sheet.flush();
        await kept.fill();
      }
      while (!remembered.reach(entry.name, () => {})) await remembered.fill();
      const { found } = kept;
      const isKept = found !== undefined && survives(found);
      sheet.add(entry, isKept ? found : undefined, remembered.found);
      listed.next();
      if (listed.isDry) await sheet.flush();
    }
    await kept.finish(addStrange);
    return await sheet.finish(signal);
  } finally {
    await sheet.close();
  }
}

interface Sheet {
  add(entry: DetailedEntry, kept: KeptEntry | undefined, before: Identity | undefined): void;
  addStrange(kept: KeptEntry): void;
  flush(): Promise<void>;
  finish(signal?: AbortSignal): Promise<KeptJudgement>;
  close(): Promise<void>;
}

type Column = "rest" | "names" | "strange" | "links" | "remember" | "linked";
const columns: readonly Column[] = ["rest", "names", "strange", "links", "remember", "linked"];

async function createSheet(output: KeptOutput, { start }: ListingTime, hash: Hash): Promise<Sheet> {
  const writers = new Map<Column, RecordWriter>();
  const pending = new Map<Column, string[]>();
  for (const column of columns) writers.set(column, await writeRecordFile(output[column]));
  const isTopmost = createTopmost();
  const linked = new LinkedFiles(hash);
  const counts = { strange: 0, links: 0, names: 0, doubtful: 0 };
  const write = (column: Column, record: string) => {
    const waiting = pending.get(column);
    if (waiting === undefined) pending.set(column, [record]);
    else waiting.push(record);
  };
  const addStrange = ({ name }: Pick<KeptEntry, "name">) => {
    if (name === "." || !isTopmost(name)) return;
    counts.strange += 1;
    write("strange", name);
  };
  const flush = async () => {
    for (const [column, records] of pending) await writers.get(column)?.write(records);
    pending.clear();
  };
  return {
    addStrange,
    flush,
    add: (entry, kept, before) => {
      const isFile = entry.type === "f" && isPlainName(entry.name);
      const holds = isFile && kept !== undefined && isAsListed(entry, kept);
      const isSame = holds && !(kept.isRemembered && before?.identity !== identityOf(entry));
      if (holds) {
        if (!isSame) counts.doubtful += entry.bytes;
        // In one tick of the clock a file may be written before and after it is read.
        const isYoung = isRacy(entry.ctime, { start, end: Number.POSITIVE_INFINITY });
        const known = isYoung ? unknownIdentity : identityOf(entry);
        const identity = isSame ? known : (before?.identity ?? unknownIdentity);
        write("remember", formatIdentity({ identity, name: entry.name }));
      }
      if (kept !== undefined && !isKind(entry, kept)) addStrange(entry);
      if (entry.type === "f" && mayShare(entry)) {
        linked.add(entry.name, entry.inode, !isSame);
        write("linked", entry.record);
      } else if (isSame) {
        counts.names += 1;
        write("names", entry.name);
      } else if (entry.type !== "s") write("rest", entry.record);
    },
    finish: async (signal) => {
      await flush();
      await writers.get("linked")?.close();
      for await (const records of readBatches(output.linked, "\0", signal)) {
        for (const entry of records.map(parseDetailed)) {
          if (linked.hasChanged(entry.inode)) write("rest", entry.record);
          else {
            counts.links += 1;
            write("links", `${entry.inode} ${entry.name}`);
            write("names", entry.name);
          }
        }
        await flush();
      }
      return counts;
    },
    close: async () => {
      await Promise.all([...writers.values()].map((writer) => writer.close()));
    },
  };
}

function isAsListed(entry: DetailedEntry, kept: KeptEntry): boolean {
  const [seconds] = entry.mtime.split(".");
  return isKind(entry, kept) && kept.size === entry.bytes && kept.mtime === Number(seconds);
}

/** What is kept under a name gives way to a listed entry of another kind only when it is removed. */
function isKind({ type }: DetailedEntry, kept: KeptEntry): boolean {
  return kept.type === undefined ? type === "f" || type === "l" : kept.type === type;
}

/** Of a file that was read now, or whose earlier reading still holds. */
function identityOf({ inode, ctime }: DetailedEntry): string {
  return `${inode.slice(inode.indexOf(":") + 1)}@${ctime}`;
}
