import { searchPath } from "../../domain/part-path.ts";
import { isBelow, parentOf, type StoredEntry } from "../../domain/stored-entry.ts";
import type { Context, Deps } from "../context.ts";
import { type FilesQuery, type OpenPart, openPart, unknownPath, withoutBase } from "./open-part.ts";

export interface ListFilesInput extends FilesQuery {
  /** Everything below, not only what is in the directory itself. */
  readonly recursive: boolean;
}

/** Hard links lead to names in the whole part; one outside of what was asked for is not told. */
function asAsked(entry: StoredEntry, open: OpenPart): StoredEntry {
  const { hardLinkTo, ...rest } = entry;
  const isTold = hardLinkTo !== undefined && (open.base === "" || isBelow(hardLinkTo, open.base));
  return {
    ...rest,
    name: withoutBase(entry.name, open),
    ...(isTold ? { hardLinkTo: withoutBase(hardLinkTo, open) } : {}),
  };
}

/**
 * Hands over, in batches as they are read, what a directory of a part holds, or the one entry that
 * is no directory. UNKNOWN_PATH comes before anything is handed over.
 */
export async function listFiles(
  input: ListFilesInput,
  onEntries: (entries: readonly StoredEntry[]) => Promise<void>,
  deps: Deps,
  { signal }: Pick<Context, "signal">,
): Promise<void> {
  const open = await openPart(input, deps);
  const { path } = open;
  const search = searchPath(path);
  const wanted = (name: string): boolean => {
    search.see(name);
    if (name === path) return true;
    return input.recursive ? isBelow(name, path) : name !== "" && parentOf(name) === path;
  };
  const handOver = async (entries: readonly StoredEntry[]): Promise<void> => {
    const shown = entries.filter(({ name, type }) => name !== path || type !== "d");
    if (shown.length > 0) await onEntries(shown.map((entry) => asAsked(entry, open)));
  };
  await open.point.reader.list(open.part, wanted, handOver, { signal });
  if (!search.isFound) throw unknownPath(open, search.suggestion());
}
