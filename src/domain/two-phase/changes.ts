import { isRacy, type ListingTime } from "./racy.ts";
import { parentsOf } from "./topmost.ts";

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
  /** Directories whose content may come after that of others. */
  readonly parted?: ReadonlySet<string>;
}

/**
 * Tells which entries of a second listing must be copied again; names of one file are looked after
 * elsewhere. Entries come in find's order, parents before children; what is passed over counts as
 * unchanged.
 */
export interface Changes {
  isChanged(entry: Comparable): boolean;
  /** Whether an entry that was unchanged in an earlier listing, and is the same still, is unchanged. */
  mayPassOver(name: string): boolean;
}

interface Directory {
  /** What every name below it begins with. */
  readonly prefix: string;
  readonly isSame: boolean;
  /** Everything below it counts as changed. */
  readonly isWhole: boolean;
}

/**
 * A directory that was moved while it was stored may have been read under another's name, and its
 * children show nothing of it. A rename moves the directory's own ctime and changes its parent: where
 * both are so, everything below is copied. That its mtime moved as well tells nothing, since its
 * content may have changed after the rename.
 */
export function createChanges(input: ChangesInput): Changes {
  const path: Directory[] = [];
  const parted = new Map<string, Directory>();
  const passedOver = (name: string, parent?: Directory): Directory => ({
    prefix: `${name}/`,
    isSame: true,
    isWhole: parent?.isWhole === true || input.wasOtherThanDirectory(name),
  });
  const parentOf = (name: string): Directory | undefined => {
    while (path.length > 0 && !isIn(path.at(-1), name)) path.pop();
    const length = name.lastIndexOf("/") + 1;
    if ((path.at(-1)?.prefix.length ?? 0) < length) {
      for (const above of parentsOf(name)) {
        if (above.length < (path.at(-1)?.prefix.length ?? 0)) continue;
        path.push(parted.get(above) ?? passedOver(above, path.at(-1)));
      }
    }
    return path.at(-1);
  };
  return {
    isChanged: (entry) => {
      const parent = parentOf(entry.name);
      const isSame = input.isSame(entry.name, entry.facts);
      if (entry.type === "d") {
        const isMoved = !isSame && parent?.isSame === false;
        const isWhole =
          parent?.isWhole === true || isMoved || input.wasOtherThanDirectory(entry.name);
        const directory = { prefix: `${entry.name}/`, isSame, isWhole };
        path.push(directory);
        if (input.parted?.has(entry.name) === true) parted.set(entry.name, directory);
      }
      return !isSame || parent?.isWhole === true || isRacy(entry.ctime, input.firstListing);
    },
    mayPassOver: (name) => parentOf(name)?.isWhole !== true,
  };
}

/** Comparing a slice is quicker here than `startsWith`. */
function isIn(directory: Directory | undefined, name: string): boolean {
  return directory?.prefix === name.slice(0, directory?.prefix.length);
}
