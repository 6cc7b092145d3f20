import type { FileSystem } from "./places.ts";

export type Quiesce = "stop" | "pause";
/** How Stackhold freezes. */
export type FreezeWay = "two-phase" | "snapshot";
/** What takes a stack down: nothing but stop and start, Stackhold, or what it replaces. */
export type Way = "bare" | FreezeWay | "script" | "kopi-docka";

/** How long a stack was down, as the median of some turns. */
export interface Downtime {
  readonly id: string;
  /** Name of the data set. */
  readonly set: string;
  readonly title: string;
  readonly bytes: number;
  readonly fileSystem: FileSystem;
  readonly quiesce: Quiesce;
  readonly way: Way;
  /** 50 MB changed while the backup worked, right before the stop. */
  readonly isChanged: boolean;
  readonly ms: number;
  readonly limitMs?: number;
}

export const inWords: Readonly<Record<FreezeWay, string>> = {
  "two-phase": "in two passes",
  snapshot: "with a snapshot",
};
