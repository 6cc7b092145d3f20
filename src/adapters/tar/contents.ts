import { relativeName, type StoredEntry } from "../../domain/stored-entry.ts";
import type { Activity, Layers } from "../../ports/capture.ts";
import { archiveOf, archivesOf } from "./hot-layer.ts";
import type { Opener } from "./opened.ts";
import { readStoredListing } from "./stored-listing.ts";
import { type OnEntries, readTable, type Wanted } from "./table.ts";

/** Reads what a part holds, without unpacking: its listing where there is one, else its archive. */
export async function contents(
  runner: Opener,
  layers: Layers,
  wanted: Wanted,
  onEntries: OnEntries,
  activity: Activity,
): Promise<void> {
  const { hot, listing } = layers;
  if (listing === undefined) return readTable(runner, archiveOf(hot), wanted, onEntries, activity);
  const targets = await linkTargets(runner, layers, listing, wanted, activity);
  const groups = new Map<number, string>();
  await readStoredListing(runner, listing, activity, async (listed) => {
    const entries: StoredEntry[] = [];
    for (const { link, ...entry } of listed) {
      const name = relativeName(entry.name);
      const first = link === 0 ? undefined : groups.get(link);
      if (link !== 0 && first === undefined) groups.set(link, name);
      if (entry.type === "s" || !wanted(name)) continue;
      const target = targets.get(name);
      entries.push({
        ...entry,
        name,
        ...(first === undefined ? {} : { hardLinkTo: first }),
        ...(target === undefined ? {} : { target }),
      });
    }
    if (entries.length > 0) await onEntries(entries);
  });
}

/** A listing does not say where symbolic links lead: where one is asked for, the archives do. */
async function linkTargets(
  runner: Opener,
  layers: Layers,
  listing: string,
  wanted: Wanted,
  activity: Activity,
): Promise<ReadonlyMap<string, string>> {
  const targets = new Map<string, string>();
  const links = new Set<string>();
  await readStoredListing(runner, listing, activity, (listed) => {
    const named = listed.filter(({ type }) => type === "l").map(({ name }) => relativeName(name));
    for (const name of named) if (wanted(name)) links.add(name);
  });
  if (links.size === 0) return targets;
  for (const file of archivesOf(layers)) {
    const note = (entries: readonly StoredEntry[]) => {
      for (const { name, target } of entries) if (target !== undefined) targets.set(name, target);
    };
    await readTable(runner, file, (name) => links.has(name), note, activity);
  }
  return targets;
}
