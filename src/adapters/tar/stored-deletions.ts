import type { Activity } from "../../ports/capture.ts";
import type { Opener } from "./opened.ts";
import { readable } from "./stored-listing.ts";
import { damagedFile, readStoredRecords } from "./stored-records.ts";

/** `./` and at least one component; none is empty, `.` or `..`. */
const inside = /^\.(?:\/(?!\.{1,2}(?:\/|$))[^/]+)+$/s;

/** Hands over names to delete in batches, each proven to be below the root in its words. */
export async function readStoredDeletions(
  runner: Opener,
  file: string,
  activity: Activity,
  onNames: (names: readonly string[]) => void | Promise<void> = () => {},
): Promise<number> {
  let count = 0;
  await readStoredRecords(runner, file, activity, async (names) => {
    const strange = names.find((name) => !inside.test(name));
    if (strange !== undefined) {
      throw damagedFile(file, `"${readable(strange)}" is no name below the root`);
    }
    count += names.length;
    await onNames(names);
  });
  return count;
}
