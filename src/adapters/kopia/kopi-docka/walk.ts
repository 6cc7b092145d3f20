import pLimit from "p-limit";
import type { StoredEntry } from "../../../domain/stored-entry.ts";
import type { Activity } from "../../../ports/capture.ts";
import type { KopiaClient } from "../client.ts";
import type { Snapshot } from "../snapshots.ts";
import { type KopiaEntry, readDirectory, readObject, rootOf, storedEntry } from "./directory.ts";

type Client = Pick<KopiaClient, "stream">;
type Reading = Pick<Activity, "signal">;

/** Directories that are asked for at the same time: each is a process. */
const atOnce = 4;

export const latin1Of = (text: string) => Buffer.from(text, "utf8").toString("latin1");
export const textOf = (latin1: string) => Buffer.from(latin1, "latin1").toString("utf8");

export const joined = (directory: string, name: string) =>
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

/** Hands over the wanted entries of a snapshot whose root is at a path of a part, latin1. */
export async function walk(
  client: Client,
  snapshot: Snapshot,
  at: string,
  wanted: (name: string) => boolean,
  onEntries: (entries: readonly StoredEntry[]) => void | Promise<void>,
  reading: Reading,
): Promise<void> {
  const limit = pLimit(atOnce);
  const told = async (entries: readonly { entry: KopiaEntry; name: string }[]) => {
    const found = entries.filter(({ name }) => wanted(name));
    const stored = await limit.map(found, ({ entry, name }) =>
      withTarget(client, entry, storedEntry(entry, name), reading),
    );
    if (stored.length > 0) await onEntries(stored);
  };
  let level = [{ entry: rootOf(snapshot), name: at }];
  await told(level);
  while (level.length > 0) {
    const directories = level.filter(({ entry }) => entry.type === "d");
    const below = await limit.map(directories, async ({ entry, name: directory }) =>
      (await readDirectory(client, entry.obj, reading)).map((one) => ({
        entry: one,
        name: joined(directory, latin1Of(one.name)),
      })),
    );
    for (const entries of below) await told(entries);
    level = below.flat();
  }
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
