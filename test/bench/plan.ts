import type { Tree } from "./data/tree.ts";

/** One measured amount of data. */
export interface DataSet {
  readonly name: string;
  readonly title: string;
  readonly tree: Tree;
}

/** For copying: raw and Stackhold take turns so often. */
export interface CopySet extends DataSet {
  readonly pairs: number;
}

/** For downtime: every way takes a turn so often. */
export interface DowntimeSet extends DataSet {
  readonly turns: number;
  /** What may be added to a bare stop and start; a snapshot has the least of all. */
  readonly allowanceMs: number;
}

/** For the tools that Stackhold replaces. */
export interface PeerSet extends DataSet {
  readonly turns: number;
  /** Whether a tenth of their downtime was promised for it. */
  readonly isPromised: boolean;
}

/** For Kopia by hand and Stackhold with it. */
export interface KopiaSet extends DataSet {
  readonly turns: number;
}

export interface Plan {
  readonly kopia: readonly KopiaSet[];
  readonly copies: readonly CopySet[];
  readonly downtimes: readonly DowntimeSet[];
  readonly database: DowntimeSet;
  readonly peers: readonly PeerSet[];
  readonly versionRuns: number;
  readonly listRuns: number;
  readonly points: number;
  /** For the dry run. */
  readonly stacks: number;
}

/** A fifth in small files of 50 kB on average, the rest in sixteen large ones. */
function mixed(name: string, title: string, bytes: number): DataSet {
  const smallBytes = 50_000;
  const smallFiles = (bytes * 0.2) / smallBytes;
  const tree = { smallFiles, smallBytes, largeFiles: 16, largeBytes: (bytes * 0.8) / 16 };
  return { name, title, tree };
}

function small(name: string, smallFiles: number): DataSet {
  const title = `${smallFiles.toLocaleString("en-US")} small files`;
  return { name, title, tree: { smallFiles, smallBytes: 2000, largeFiles: 0, largeBytes: 0 } };
}

/** One large file is the pages of a database. */
function database(title: string, largeBytes: number): DataSet {
  const tree = { smallFiles: 0, smallBytes: 0, largeFiles: 1, largeBytes };
  return { name: "database", title, tree };
}

const gb1 = mixed("1gb", "1 GB", 1e9);
const gb5 = mixed("5gb", "5 GB", 5e9);
const gb20 = mixed("20gb", "20 GB", 20e9);
const files200k = small("200k", 200_000);
const files1m = small("1m", 1_000_000);

export const allowanceMs = 300;
const allowanceForMillionMs = 4000;

const full: Plan = {
  kopia: [
    { ...gb1, turns: 3 },
    { ...gb5, turns: 1 },
    { ...files200k, turns: 2 },
  ],
  copies: [
    { ...gb1, pairs: 5 },
    { ...gb5, pairs: 3 },
    { ...files200k, pairs: 5 },
  ],
  downtimes: [
    { ...gb1, turns: 3, allowanceMs },
    { ...gb5, turns: 2, allowanceMs },
    { ...gb20, turns: 1, allowanceMs },
    { ...files200k, turns: 3, allowanceMs },
    { ...files1m, turns: 1, allowanceMs: allowanceForMillionMs },
  ],
  database: { ...database("5 GB", 5e9), turns: 2, allowanceMs },
  peers: [
    { ...gb1, turns: 2, isPromised: false },
    { ...gb5, turns: 2, isPromised: true },
    { ...gb20, turns: 1, isPromised: false },
  ],
  versionRuns: 20,
  listRuns: 5,
  points: 1000,
  stacks: 200,
};

const quick1 = mixed("1gb", "100 MB", 1e8);
const quick5 = mixed("5gb", "200 MB", 2e8);

const quick: Plan = {
  kopia: [{ ...quick1, turns: 1 }],
  copies: [
    { ...quick1, pairs: 3 },
    { ...small("200k", 10_000), pairs: 3 },
  ],
  downtimes: [
    { ...quick1, turns: 1, allowanceMs },
    { ...quick5, turns: 1, allowanceMs },
    { ...small("1m", 10_000), turns: 1, allowanceMs },
  ],
  database: { ...database("100 MB", 1e8), turns: 1, allowanceMs },
  peers: [
    { ...quick1, turns: 1, isPromised: false },
    { ...quick5, turns: 1, isPromised: true },
  ],
  versionRuns: 5,
  listRuns: 2,
  points: 1000,
  stacks: 10,
};

export function planFor(options: { readonly quick: boolean }): Plan {
  return options.quick ? quick : full;
}

export function bytesOf({ smallFiles, smallBytes, largeFiles, largeBytes }: Tree): number {
  return smallFiles * smallBytes + largeFiles * largeBytes;
}

/** With the blocks of a file system, and room for its inodes. */
export function spaceOf(tree: Tree): number {
  return bytesOf(tree) * 1.05 + tree.smallFiles * 4096;
}
