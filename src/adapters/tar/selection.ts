import ignore, { type Ignore } from "ignore";
import type { Tree } from "../../ports/capture.ts";
import type { Entry } from "./listing.ts";

/** The matcher remembers every path it saw; made anew after so many, it stays small. */
const renewAfter = 1_000;

/**
 * gitignore patterns over a listing in which parents come first. Names and patterns are compared
 * as bytes, like git does, so that names that are not UTF-8 are kept apart.
 */
export function createSelection(
  patterns: readonly string[],
): (entry: Pick<Entry, "type" | "name">) => boolean {
  const bytewise = patterns.map((pattern) => Buffer.from(pattern, "utf8").toString("latin1"));
  let matcher = newMatcher(bytewise);
  let asked = 0;
  let excludedDirectory: string | undefined;
  return (entry) => {
    const path = entry.name.slice(2);
    if (path === "") return true;
    if (excludedDirectory !== undefined) {
      if (path.startsWith(excludedDirectory)) return false;
      excludedDirectory = undefined;
    }
    if (asked++ >= renewAfter) {
      matcher = newMatcher(bytewise);
      asked = 0;
    }
    const isDirectory = entry.type === "d";
    if (!matcher.ignores(isDirectory ? `${path}/` : path)) return true;
    if (isDirectory) excludedDirectory = `${path}/`;
    return false;
  };
}

function newMatcher(patterns: readonly string[]): Ignore {
  return ignore({ ignorecase: false, allowRelativePaths: true }).add([...patterns]);
}

/** What of a listing belongs to a tree. */
export function selectionOf(tree: Tree): ReturnType<typeof createSelection> {
  return isFiltered(tree) ? createSelection(tree.exclude) : () => true;
}

/** A single file is never excluded. */
export function isFiltered(tree: Tree): boolean {
  return tree.type === "directory" && tree.exclude.length > 0;
}
