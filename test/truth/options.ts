import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { type DatabaseName, databases } from "./databases/all.ts";

export interface Options {
  /** With `stop`; a quarter as many with each of the other ways. */
  readonly rounds: number;
  readonly names: readonly DatabaseName[];
  /** What a round that fails leaves is put there. */
  readonly keep?: string;
}

export const usage = "usage: node test/truth/main.ts [--rounds N] [--only NAME]… [--keep DIR]";

/** Throws TypeError. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "20" },
      only: { type: "string", multiple: true },
      keep: { type: "string" },
    },
  });
  if (!/^[1-9]\d{0,5}$/.test(values.rounds)) {
    throw new TypeError(`not a number of rounds: ${values.rounds}`);
  }
  const known = Object.keys(databases) as DatabaseName[];
  const names = values.only?.map((name) => {
    const found = known.find((each) => each === name);
    if (found === undefined) throw new TypeError(`not one of ${known.join(", ")}: ${name}`);
    return found;
  });
  const keep = values.keep === undefined ? {} : { keep: resolve(values.keep) };
  return { rounds: Number(values.rounds), names: names ?? known, ...keep };
}
