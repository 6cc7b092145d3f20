import type { StoredEntry } from "../../domain/stored-entry.ts";
import type { Activity, Layers } from "../../ports/capture.ts";
import { archivesOf } from "./hot-layer.ts";
import type { Opener } from "./opened.ts";
import { readTable } from "./table.ts";

export interface Located {
  readonly file: string;
  readonly entry: StoredEntry;
}

/** The archive that has an entry of the freeze, which is read to its end; undefined where none has it. */
export async function locate(
  runner: Opener,
  layers: Layers,
  name: string,
  activity: Activity,
): Promise<Located | undefined> {
  for (const file of archivesOf(layers).reverse()) {
    let found: StoredEntry | undefined;
    const note = (entries: readonly StoredEntry[]) => {
      found = entries.at(-1);
    };
    await readTable(runner, file, (one) => one === name, note, activity);
    if (found !== undefined) return { file, entry: found };
  }
  return undefined;
}
