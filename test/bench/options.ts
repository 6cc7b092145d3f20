import { parseArgs } from "node:util";

export interface Options {
  /** Small data and few repetitions: shows that the benchmark works, not how fast anything is. */
  readonly quick: boolean;
  /** Puts the table into docs/performance.md. */
  readonly writeDocs: boolean;
  /** Names of benchmarks; all where empty. */
  readonly only: readonly string[];
}

export const usage = "usage: node test/bench/main.ts [--quick] [--write-docs] [--only NAME]...";

/** Throws TypeError. */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      "write-docs": { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
    },
  });
  const { quick, only } = values;
  const writeDocs = values["write-docs"];
  if (writeDocs && (quick || only.length > 0)) {
    throw new TypeError("--write-docs wants the whole benchmark at its full size");
  }
  return { quick, writeDocs, only };
}
