import { z } from "zod";
import type { EntryType } from "../../../domain/listing.ts";
import type { StoredEntry } from "../../../domain/stored-entry.ts";
import { StackholdError } from "../../../errors.ts";
import type { Activity } from "../../../ports/capture.ts";
import type { KopiaClient } from "../client.ts";
import type { Snapshot } from "../snapshots.ts";

/** An entry of a directory as Kopia stores it (kopia 0.22: snapshot/manifest.go, DirEntry). */
const entrySchema = z.object({
  name: z.string().default(""),
  type: z.string().default(""),
  mode: z.string().default("0"),
  size: z.number().default(0),
  mtime: z.string().default(""),
  uid: z.number().default(0),
  gid: z.number().default(0),
  obj: z.string(),
});

export type KopiaEntry = z.infer<typeof entrySchema>;

const directorySchema = z.object({
  stream: z.literal("kopia:directory"),
  entries: z.array(entrySchema).nullish(),
});

type Client = Pick<KopiaClient, "stream">;
type Reading = Pick<Activity, "signal">;

/** Content of an object, which is small. */
export async function readObject(client: Client, id: string, reading: Reading): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const keep = (bytes: Uint8Array) => void chunks.push(Buffer.from(bytes));
  await client.stream(["show", id], keep, reading);
  return Buffer.concat(chunks);
}

/** Entries of a directory by its object; POINT_DAMAGED where it is none. */
export async function readDirectory(
  client: Client,
  id: string,
  reading: Reading,
): Promise<KopiaEntry[]> {
  const content = await readObject(client, id, reading);
  try {
    return directorySchema.parse(JSON.parse(content.toString("utf8"))).entries ?? [];
  } catch (cause) {
    throw new StackholdError("POINT_DAMAGED", `Kopia's object ${id} is no directory`, { cause });
  }
}

/** The root of a snapshot as an entry without a name. */
export function rootOf({ rootEntry }: Snapshot): KopiaEntry {
  const { obj = "", type = "", mode, size, mtime, uid, gid } = rootEntry ?? {};
  return entrySchema.parse({ obj, type, mode, size, mtime, uid, gid, name: "" });
}

const types: Readonly<Record<string, EntryType>> = { d: "d", f: "f", s: "l" };

/** Go's bits (io/fs, FileMode) as the system's. */
function modeOf(text: string): number {
  const mode = Number.parseInt(text, 8) || 0;
  const special: [number, number][] = [
    [1 << 23, 0o4000],
    [1 << 22, 0o2000],
    [1 << 20, 0o1000],
  ];
  return special.reduce((sum, [bit, own]) => (mode & bit ? sum | own : sum), mode & 0o777);
}

/** `1700000000.000000001` */
function timeOf(text: string): string {
  const [, seconds = "", fraction = ""] = /^([^.Z]*)(?:\.(\d+))?Z$/.exec(text) ?? [];
  const whole = Date.parse(`${seconds}Z`) / 1000;
  return `${Number.isNaN(whole) ? 0 : whole}.${fraction.padEnd(9, "0").slice(0, 9)}`;
}

/** `name`: latin1, relative to the part's root. */
export function storedEntry(entry: KopiaEntry, name: string): StoredEntry {
  const type = types[entry.type] ?? "f";
  const { uid, gid, mode, mtime } = entry;
  const size = type === "f" ? entry.size : 0;
  return { type, mode: modeOf(mode), uid, gid, size, mtime: timeOf(mtime), name };
}
