import type { Activity, Tree } from "./capture.ts";

/** `subvolume`: a read-only btrfs snapshot; `reflink`: a clone that shares its blocks. */
export type SnapshotWay = "subvolume" | "reflink";

export interface SnapshotOffer {
  readonly way: SnapshotWay;
  /**
   * How long `take` is likely to need after `prepare`: a subvolume the same whatever its size, a
   * clone longer the more files there are.
   */
  readonly estimatedMs: number;
}

export interface Snapshot {
  /** The same tree as of the instant, excludes included, to be read at leisure. */
  readonly tree: Tree;
  readonly way: SnapshotWay;
  /** Leaves no trace beside the source. Idempotent. */
  drop(): Promise<void>;
}

/**
 * Freezes trees at once where their file system can. A snapshot holds everything that `Capture`
 * stores of a tree. It lies on the file system of its source, under `.stackhold-safety`, kept out of
 * captures, and says which process made it, so that what a dead run left is found. The directory
 * around keeps its modification time. Errors: TOOL_FAILED, NO_SPACE, CANCELLED.
 */
export interface Snapshots {
  /** The cheapest way for a tree, or why there is none. Writes no more than a file for a moment. */
  way(tree: Tree, signal?: AbortSignal): Promise<SnapshotOffer | { readonly none: string }>;
  /** Shortly before the stop: writes back and reads into the caches what `take` would wait for. */
  prepare(trees: readonly Tree[], signal?: AbortSignal): Promise<void>;
  /**
   * With everything stopped that writes the tree. `id` tells people whose it is. Several may be
   * taken at the same time. Nothing is left of one that fails. `onProgress` is called for as long as a
   * clone goes on, with the entries so far, and where the snapshot is there.
   */
  take(tree: Tree, id: string, activity?: Activity): Promise<Snapshot>;
  /** Drops what dead runs left beside these trees; returns where. What living ones use stays. */
  sweep(trees: readonly Tree[]): Promise<readonly string[]>;
}
