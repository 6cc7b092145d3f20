import { rename } from "node:fs/promises";
import { nameOf } from "../listing.ts";
import { formatIdentity, parseIdentity, unknownIdentity } from "./kept-record.ts";
import { readBatches, readRecordFile, writeRecordFile } from "./record-file.ts";
import { sortedBeside } from "./sorted-beside.ts";

/** Sorted by name: the listing at the freeze, and the names that were copied then. */
interface AtFreeze {
  readonly second: string;
  readonly changed?: string;
}

/**
 * Makes unknown what a keeper has of names that were copied at the freeze, or gone by then: while it was kept another
 * file may have had that name, which the file itself does not show when it is back.
 */
export async function forgetMoved(
  remember: string,
  { second, changed }: AtFreeze,
  signal?: AbortSignal,
): Promise<void> {
  const rewritten = `${remember}.new`;
  await using secondFile = readRecordFile(second, "\0", signal);
  await using changedFile = readRecordFile(changed ?? "/dev/null", "\0", signal);
  const there = sortedBeside(secondFile, (record) => ({ name: nameOf(record) }));
  const copied = sortedBeside(changedFile, (name) => ({ name }));
  const writer = await writeRecordFile(rewritten);
  try {
    for await (const records of readBatches(remember, "\0", signal)) {
      const kept: string[] = [];
      for (const record of records) {
        const { name } = parseIdentity(record);
        while (!there.reach(name, () => {})) await there.fill();
        while (!copied.reach(name, () => {})) await copied.fill();
        const stayed = there.found !== undefined && copied.found === undefined;
        kept.push(stayed ? record : formatIdentity({ identity: unknownIdentity, name }));
      }
      await writer.write(kept);
    }
  } finally {
    await writer.close();
  }
  await rename(rewritten, remember);
}
