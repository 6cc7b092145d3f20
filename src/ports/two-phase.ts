import type { Activity, ArchiveTarget, Measure } from "./capture.ts";

/** What changed between the passes, once it is copied away and the tree may move again. */
export interface Frozen {
  /** The tree at the freeze. */
  readonly tree: Measure;
  /** What was copied: entries, their parents included, and bytes of regular files. */
  readonly delta: Measure;
  /** Names that moved while they were listed or copied; empty where the tree stood still. */
  readonly unsteady: readonly string[];
}

/** Where the changes of one target go, beside its hot archive. */
export interface ChangesTarget {
  /** A tar of what changed, compressed like the hot archive. */
  readonly delta: ArchiveTarget;
  /**
   * Encrypted like the listing. NUL-terminated names to remove before the delta is unpacked, sorted, topmost only: no name lies
   * below another. A parent is a directory in the unpacked hot archive, never a link; it, or the
   * name itself, may be absent there.
   */
  readonly deleted: string;
  /** Compressed like the hot archive: every entry of the tree at the freeze; see docs/format.md. */
  readonly listing: ArchiveTarget;
  /**
   * What `storeKept` wrote under that name. Only now is it of use to the keeper's next pass: what was
   * copied at the freeze, or gone, may have been kept otherwise than it looks, and is unknown from now on.
   */
  readonly remember?: string;
}

/** Which of the files there are; the listing always is. */
export interface WrittenChanges {
  /** The tree at the freeze. */
  readonly tree: Measure;
  readonly delta: boolean;
  readonly deleted: boolean;
}

/** An entry of a tree as another program stored it. */
export interface KeptEntry {
  /** Latin1: `.` for the root, else `./…`. */
  readonly name: string;
  /** Absent where the program does not say it: a regular file or a symbolic link. */
  readonly type?: "d" | "f" | "l";
  readonly size: number;
  /** Whole seconds since 1970. */
  readonly mtime: number;
  /** Taken for the one of an earlier pass, by size, mode and mtime, and not read again. */
  readonly isRemembered: boolean;
  /** Given up: neither it nor what was stored below it is kept. */
  readonly isDropped?: boolean;
}

/** A program that keeps the content of regular files by name, and drops much else. */
export interface Keeper {
  /**
   * Stores what is at a host path, and tells of everything that it stored, in any order. `again`:
   * all of it is to be read, whatever an earlier pass left. False where it ended without that, because something that
   * may never be read to its end took the place of a file: what it told is void, and what an earlier pass left
   * is of no use any more.
   */
  keep(
    path: string,
    how: { readonly again: boolean },
    onEntries: (entries: readonly KeptEntry[]) => void,
    activity: Activity,
  ): Promise<boolean>;
  /**
   * What an earlier pass of this tree wrote to `remember`, if the program builds on that very pass;
   * absent, where it reads everything or nothing is known.
   */
  readonly remembered?: string;
}

/** Where goes what a keeper drops. Host paths; what is empty is not there. */
export interface KeptTarget {
  /** An archive of all that is not kept exactly: anything but regular files, odd names, files that were missed. */
  readonly rest: ArchiveTarget;
  /** NUL-terminated names, sorted, topmost only, to remove before `rest`: kept, but not of the tree. */
  readonly strange: string;
  /** NUL-terminated `<file> <name>`: kept names with an equal first word are one file. Sorted. */
  readonly links: string;
  /** xattrs and ACLs of what is kept, as getfattr dumps them. */
  readonly attributes: string;
  /** For `ChangesTarget.remember`: what of each kept file shows that it was written since. */
  readonly remember: string;
}

/** Which of the files there are; `rest` and `remember` always are. */
export interface WrittenKept {
  readonly strange: boolean;
  readonly links: boolean;
  readonly attributes: boolean;
}

/**
 * A tree that is stored while it moves, and once more, what changed, while it stands still. Its
 * first listing is taken and everything is flushed when this exists. In order: `store` or `storeKept` once per
 * target (at the same time where there are several), `refresh` any number of times, `freeze` and
 * `prepare` once, `writeChanges` once per target, `release`. Errors as `Capture`'s.
 */
export interface TwoPhase {
  /** Of the first listing. */
  readonly measure: Measure;
  /** The hot pass: everything listed. It remembers what was really stored. */
  store(target: ArchiveTarget, activity?: Activity): Promise<void>;
  /** The same by a program that keeps the content of files; what it drops is stored beside it. */
  storeKept(keeper: Keeper, target: KeptTarget, activity?: Activity): Promise<WrittenKept>;
  /** Lists again, which warms the caches: what a freeze would have to copy now. */
  refresh(activity?: Activity): Promise<Measure>;
  /**
   * With everything stopped that writes the tree: lists, and copies what differs from what was
   * stored, as it is, into the spool. Nothing in it grows with what did not change but the listing.
   */
  freeze(activity?: Activity): Promise<Frozen>;
  /**
   * After the restart: puts what all targets get into the spool, so that a full disk there is told
   * apart from theirs. `writeChanges` does it as well where nobody has asked for it.
   */
  prepare(activity?: Activity): Promise<void>;
  /** After the restart: nothing is read from the tree any more. */
  writeChanges(target: ChangesTarget, activity?: Activity): Promise<WrittenChanges>;
  /** Removes the spool and lets the tree go. Idempotent, at any time. */
  release(): Promise<void>;
}
