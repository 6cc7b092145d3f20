import type { ListedEntry } from "../../domain/listing.ts";
import { relativeName } from "../../domain/stored-entry.ts";
import { StackholdError } from "../../errors.ts";
import type { Activity, Layers } from "../../ports/capture.ts";
import type { Opener } from "./opened.ts";
import { readStoredListing } from "./stored-listing.ts";

/** What a part was at the freeze under a name; undefined where it has no listing. UNKNOWN_PATH. */
export async function listedEntry(
  runner: Opener,
  { listing }: Layers,
  name: string,
  activity: Pick<Activity, "signal">,
): Promise<ListedEntry | undefined> {
  if (listing === undefined) return undefined;
  let found: ListedEntry | undefined;
  await readStoredListing(runner, listing, activity, (entries) => {
    found ??= entries.find((entry) => entry.type !== "s" && relativeName(entry.name) === name);
  });
  if (found === undefined) throw unknownPath(listing);
  return found;
}

export function unknownPath(file: string): StackholdError {
  return new StackholdError("UNKNOWN_PATH", `nothing is stored under that path in ${file}`);
}
