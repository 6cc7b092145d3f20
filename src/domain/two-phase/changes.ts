import { isRacy, type ListingTime } from "./racy.ts";

/** What is compared of an entry; times in seconds with a fraction, as text. */
export interface Comparable {
  readonly type: string;
  readonly name: string;
  readonly facts: string;
  readonly mtime: string;
  readonly ctime: string;
}

export interface ChangesInput {
  /** Whether an entry is as the first listing said and as every hot pass stored it. */
  readonly isSame: (name: string, facts: string) => boolean;
  /** Whether a directory of now comes out of some hot archive as something else. */
  readonly wasOtherThanDirectory: (name: string) => boolean;
  readonly firstListing: ListingTime;
}

interface Directory {
  /** What every name below it begins with. */
  readonly prefix: string;
  readonly isSame: boolean;
  /** Everything below it counts as changed. */
  readonly isWhole: boolean;
}

/**
 * Tells which entries of a second listing must be copied again; names of one file are looked after
 * elsewhere. Entries come in find's order, parents before children.
 *
 * A directory that was moved while it was stored may have been read under another's name, and its
 * children show nothing of it. A rename moves the directory's own ctime and changes its parent: where
 * both are so, everything below is copied. That its mtime moved as well tells nothing, since its
 * content may have changed after the rename.
 */
export function createChanges(input: ChangesInput): (entry: Comparable) => boolean {
  const path: Directory[] = [];
  return (entry) => {
    while (
      path.length > 0 &&
      path.at(-1)?.prefix !== entry.name.slice(0, path.at(-1)?.prefix.length)
    )
      path.pop();
    const parent = path.at(-1);
    const isSame = input.isSame(entry.name, entry.facts);
    if (entry.type === "d") {
      const isMoved = !isSame && parent?.isSame === false;
      const isWhole =
        parent?.isWhole === true || isMoved || input.wasOtherThanDirectory(entry.name);
      path.push({ prefix: `${entry.name}/`, isSame, isWhole });
    }
    return !isSame || parent?.isWhole === true || isRacy(entry.ctime, input.firstListing);
  };
}
