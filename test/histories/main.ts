import { parseArgs } from "node:util";
import { exitMissing, MissingComponent } from "../bed/missing.ts";
import { answer, note } from "../bed/print.ts";
import { checkHistories } from "./check-histories.ts";
import { type FileSystem, fileSystems, openField } from "./file-systems.ts";
import { type Keeping, keepings } from "./keepings.ts";

const usage =
  "usage: node test/histories/main.ts [--count N] [--keeping archive|kopia]… [--file-system NAME]… [--seed N [--path PATH]]";

const options = {
  count: { type: "string", default: "300" },
  keeping: { type: "string", multiple: true },
  "file-system": { type: "string", multiple: true },
  seed: { type: "string" },
  path: { type: "string" },
} as const;

/** Runs the histories of one seed in each keeping on each file system; the exit code is 1 where one is not exact. */
async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...argv], options });
  const count = wholeNumber(values.count);
  const seed = values.seed === undefined ? newSeed() : wholeNumber(values.seed);
  const wanted = values["file-system"] ?? [...fileSystems];
  const kinds = wanted.map(asFileSystem);
  const ways = values.keeping?.map(asKeeping) ?? keepings;
  const path = values.path === undefined ? {} : { path: values.path };
  for (const keeping of ways) {
    for (const kind of kinds.filter((each) => keeping.fileSystems.includes(each))) {
      await using field = await openField(kind);
      const check = { kind, keeping, count, seed, ...path, shrinkMs: 300_000 };
      const { histories, entries, copied, failure } = await checkHistories(check, field);
      answer(
        `${keeping.name}, ${kind}, seed ${seed}: ${histories} histories, ${entries} entries, ${copied} of them in deltas`,
      );
      if (failure === undefined) continue;
      answer(failure);
      process.exitCode = 1;
    }
  }
}

function asKeeping(name: string): Keeping {
  const found = keepings.find((each) => each.name === name);
  if (found === undefined) {
    throw new TypeError(`not one of ${keepings.map((each) => each.name).join(", ")}: ${name}`);
  }
  return found;
}

const newSeed = (): number => Math.floor(Math.random() * 2 ** 31);

function wholeNumber(text: string): number {
  if (!/^\d{1,10}$/.test(text)) throw new TypeError(`not a whole number: ${text}`);
  return Number(text);
}

function asFileSystem(name: string): FileSystem {
  const found = fileSystems.find((each) => each === name);
  if (found === undefined) throw new TypeError(`not one of ${fileSystems.join(", ")}: ${name}`);
  return found;
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof MissingComponent) {
    note(error.message);
    process.exitCode = exitMissing;
  } else if (error instanceof TypeError) {
    note(`${error.message}\n${usage}`);
    process.exitCode = 2;
  } else throw error;
});
