import type { Tree } from "./data/tree.ts";

/** One measured amount of data. */
export interface DataSet {
  readonly name: string;
  readonly title: string;
  readonly tree: Tree;
  /** How often raw and Stackhold take turns. */
  readonly pairs: number;
  /** How often a script and Stackhold take turns in taking the stack down; 0 leaves that out. */
  readonly outages: number;
}

export interface Plan {
  readonly dataSets: readonly DataSet[];
  readonly versionRuns: number;
  readonly listRuns: number;
  readonly points: number;
}

/** A fifth in small files of 50 kB on average, the rest in sixteen large ones. */
function mixed(bytes: number): Tree {
  const smallBytes = 50_000;
  return {
    smallFiles: (bytes * 0.2) / smallBytes,
    smallBytes,
    largeFiles: 16,
    largeBytes: (bytes * 0.8) / 16,
  };
}

const small = (smallFiles: number): Tree => ({
  smallFiles,
  smallBytes: 2000,
  largeFiles: 0,
  largeBytes: 0,
});

const full: Plan = {
  dataSets: [
    { name: "1gb", title: "1 GB", tree: mixed(1e9), pairs: 5, outages: 3 },
    { name: "5gb", title: "5 GB", tree: mixed(5e9), pairs: 3, outages: 2 },
    { name: "files", title: "200,000 small files", tree: small(200_000), pairs: 5, outages: 0 },
  ],
  versionRuns: 20,
  listRuns: 5,
  points: 1000,
};

const quick: Plan = {
  dataSets: [
    { name: "1gb", title: "100 MB", tree: mixed(1e8), pairs: 3, outages: 1 },
    { name: "files", title: "10,000 small files", tree: small(10_000), pairs: 3, outages: 0 },
  ],
  versionRuns: 5,
  listRuns: 2,
  points: 1000,
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
