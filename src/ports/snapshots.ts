import type { Tree } from "./capture.ts";

/** `subvolume`: a read-only btrfs snapshot; `reflink`: a clone that shares its blocks. */
export type SnapshotWay = "subvolume" | "reflink";

export interface Snapshot {
  /** The same tree as of the instant, to be read at leisure. */
  readonly tree: Tree;
  readonly way: SnapshotWay;
  /** Idempotent. */
  drop(): Promise<void>;
}

/**
 * Freezes trees at once where their file system can. A snapshot lies on the file system of its
 * source, under `.stackhold-safety`, kept out of captures, and says which process made it, so that
 * what a dead run left is found. Errors: TOOL_FAILED, NO_SPACE, CANCELLED.
 */
export interface Snapshots {
  /** The cheapest way for a tree, or why there is none. */
  way(tree: Tree): Promise<{ readonly way: SnapshotWay } | { readonly none: string }>;
  /** With everything stopped that writes the tree. */
  take(tree: Tree, id: string, signal?: AbortSignal): Promise<Snapshot>;
  /** Drops what dead runs left beside these trees; returns where. */
  sweep(trees: readonly Tree[]): Promise<readonly string[]>;
}
