import type { StoredEntry } from "../../domain/stored-entry.ts";
import type { Activity, Layers } from "../../ports/capture.ts";
import { archivesOf, keptOf } from "./hot-layer.ts";
import { listedEntry } from "./listed-entry.ts";
import type { Opener } from "./opened.ts";
import { type PullTo, pull } from "./pull.ts";

/**
 * What an attempt to read one entry, and no archive twice, came to. `kept`: a regular file that is elsewhere; `others`: there
 * is more to it, a directory's content or another name of the file; it may have left something behind.
 */
export type Pulled =
  | { readonly how: "pulled"; readonly entry: StoredEntry }
  | { readonly how: "kept" | "others" | "absent" };

/** UNKNOWN_PATH only where the part has a listing, which lacks the name. */
export async function pullOne(
  runner: Opener,
  layers: Layers,
  name: string,
  to: PullTo,
  activity: Activity,
): Promise<Pulled> {
  const listed = await listedEntry(runner, layers, name, activity);
  if (listed !== undefined && (listed.type === "d" || listed.link !== 0)) return { how: "others" };
  for (const file of archivesOf(layers).reverse()) {
    const entry = await pull(runner, file, name, to, activity);
    if (entry === undefined) continue;
    const isAlone = entry.type !== "d" && entry.hardLinkTo === undefined;
    return isAlone ? { how: "pulled", entry } : { how: "others" };
  }
  return { how: keptOf(layers) === undefined ? "absent" : "kept" };
}
