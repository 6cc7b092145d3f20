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
}

/** Which of the files there are; the listing always is. */
export interface WrittenChanges {
  /** The tree at the freeze. */
  readonly tree: Measure;
  readonly delta: boolean;
  readonly deleted: boolean;
}

/**
 * A tree that is stored while it moves, and once more, what changed, while it stands still. Its
 * first listing is taken and everything is flushed when this exists. In order: `store` once per
 * target (at the same time where there are several), `refresh` any number of times, `freeze` and
 * `prepare` once, `writeChanges` once per target, `release`. Errors as `Capture`'s.
 */
export interface TwoPhase {
  /** Of the first listing. */
  readonly measure: Measure;
  /** The hot pass: everything listed. It remembers what was really stored. */
  store(target: ArchiveTarget, activity?: Activity): Promise<void>;
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
