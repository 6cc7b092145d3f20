import { parseArgs } from "node:util";

export interface Options {
  /** Small data and few repetitions: shows that the benchmark works, not how fast anything is. */
  readonly quick: boolean;
  /** Also what takes hours and tens of gigabytes. */
  readonly all: boolean;
  /** Puts the tables and the plot into docs/performance.md. */
  readonly writeDocs: boolean;
  /** Names of benchmarks, or words of names; the usual ones where empty. */
  readonly only: readonly string[];
}

export const usage =
  "usage: node test/bench/main.ts [--quick] [--all] [--write-docs] [--only NAME]...";

/** Throws TypeError. */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      all: { type: "boolean", default: false },
      "write-docs": { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
    },
  });
  const { quick, all, only } = values;
  const writeDocs = values["write-docs"];
  if (writeDocs && quick) throw new TypeError("--write-docs wants figures of full size");
  return { quick, all, writeDocs, only };
}
