import type { KeptEntry } from "../../../ports/two-phase.ts";

/**
 * Lets a kept entry pass unless it, or a directory above it, was given up. Entries come sorted by the bytes of their
 * names, in which `a-b` stands between `a` and `a/b`.
 */
export function createSurvivors(): (entry: Pick<KeptEntry, "name" | "isDropped">) => boolean {
  let dropped: string[] = [];
  return ({ name, isDropped }) => {
    dropped = dropped.filter((prefix) => prefix > name || name.startsWith(prefix));
    if (dropped.some((prefix) => name.startsWith(prefix))) return false;
    if (isDropped === true) dropped.push(`${name}/`);
    return isDropped !== true;
  };
}
