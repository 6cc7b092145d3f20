import pLimit from "p-limit";
import { parentOf, type StoredEntry } from "../../../domain/stored-entry.ts";
import type { Activity } from "../../../ports/capture.ts";
import type { KopiaClient } from "../client.ts";
import type { Snapshot } from "../snapshots.ts";
import { type KopiaEntry, readDirectory, readObject, rootOf, storedEntry } from "./directory.ts";
import { eachName } from "./names.ts";

type Client = Pick<KopiaClient, "stream">;
type Reading = Pick<Activity, "signal">;

/** Directories that are asked for at the same time: each is a process. */
const atOnce = 4;

export const latin1Of = (text: string) => Buffer.from(text, "utf8").toString("latin1");
export const textOf = (latin1: string) => Buffer.from(latin1, "latin1").toString("utf8");

const joined = (directory: string, name: string) =>
  directory === "" ? name : name === "" ? directory : `${directory}/${name}`;

async function withTarget(
  client: Client,
  { type, obj }: KopiaEntry,
  entry: StoredEntry,
  reading: Reading,
): Promise<StoredEntry> {
  if (type !== "s") return entry;
  return { ...entry, target: (await readObject(client, obj, reading)).toString("latin1") };
}

type OnEntries = (entries: readonly StoredEntry[]) => void | Promise<void>;

interface Placed {
  readonly entry: KopiaEntry;
  /** Latin1, relative to the part's root. */
  readonly name: string;
}

interface Walk {
  readonly client: Client;
  readonly snapshot: Snapshot;
  /** Where the snapshot's root is in the part, latin1. */
  readonly at: string;
  readonly wanted: (name: string) => boolean;
  readonly onEntries: OnEntries;
}

/** What a directory holds; `below` is its name from the part's root. */
async function entriesIn(
  client: Client,
  object: string,
  below: string,
  reading: Reading,
): Promise<Placed[]> {
  const entries = await readDirectory(client, object, reading);
  return entries.map((entry) => ({ entry, name: joined(below, latin1Of(entry.name)) }));
}

async function tell(
  { client, wanted, onEntries }: Walk,
  entries: readonly Placed[],
  reading: Reading,
): Promise<void> {
  const found = entries.filter(({ name }) => wanted(name));
  const stored = await pLimit(atOnce).map(found, ({ entry, name }) =>
    withTarget(client, entry, storedEntry(entry, name), reading),
  );
  if (stored.length > 0) await onEntries(stored);
}

/** Level by level, one call of Kopia for each directory. */
async function walkAll(walk: Walk, reading: Reading): Promise<void> {
  const { client, snapshot, at } = walk;
  let level: Placed[] = [{ entry: rootOf(snapshot), name: at }];
  await tell(walk, level, reading);
  while (level.length > 0) {
    const directories = level.filter(({ entry }) => entry.type === "d");
    const below = await pLimit(atOnce).map(directories, ({ entry, name }) =>
      entriesIn(client, entry.obj, name, reading),
    );
    for (const entries of below) await tell(walk, entries, reading);
    level = below.flat();
  }
}

/**
 * Hands over the wanted entries of a snapshot. One call of Kopia tells all names, and only
 * directories in which something is wanted are looked at.
 */
export async function walk(all: Walk, reading: Reading): Promise<void> {
  const { client, snapshot, at, wanted } = all;
  if (snapshot.rootEntry?.type !== "d") return walkAll(all, reading);
  const parents = new Set<string>();
  const note = (name: string) => {
    if (wanted(joined(at, name))) parents.add(parentOf(name));
  };
  const { objects, isCertain } = await eachName(client, snapshot, note, reading);
  if (!isCertain) return walkAll(all, reading);
  await tell(all, [{ entry: rootOf(snapshot), name: at }], reading);
  const limit = pLimit(atOnce);
  await limit.map([...parents], async (parent) => {
    const object = objects.get(parent) ?? "";
    await tell(all, await entriesIn(client, object, joined(at, parent), reading), reading);
  });
}

/** An entry by its path below a snapshot's root, latin1; undefined where there is none. */
export async function entryAt(
  client: Client,
  snapshot: Snapshot,
  path: string,
  reading: Reading,
): Promise<KopiaEntry | undefined> {
  let entry: KopiaEntry | undefined = rootOf(snapshot);
  for (const step of path === "" ? [] : path.split("/")) {
    if (entry?.type !== "d") return undefined;
    const entries: readonly KopiaEntry[] = await readDirectory(client, entry.obj, reading);
    entry = entries.find(({ name }) => latin1Of(name) === step);
  }
  return entry;
}
