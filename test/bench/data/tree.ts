import { chmodSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { interruption } from "../../support/interruption.ts";
import { type Content, type Contents, seededContents } from "./content.ts";
import { type Random, seededRandom } from "./random.ts";

/** What a volume holds; the same bytes, modes and times for the same description. */
export interface Tree {
  /** In small files, spread over directories of a hundred. */
  readonly smallFiles: number;
  /** Each is between none and twice as large. */
  readonly smallBytes: number;
  /** Large files and the size of each. */
  readonly largeFiles: number;
  readonly largeBytes: number;
}

const seed = "stackhold";
const perDirectory = 100;
const chunkBytes = 8 << 20;
const firstTime = 1_700_000_000;

/** Fills a directory. */
export async function writeTree(root: string, tree: Tree): Promise<void> {
  const contents = seededContents(seed);
  const random = seededRandom(`${seed} of ${JSON.stringify(tree)}`);
  for (let index = 0; index < tree.largeFiles; index += 1) {
    const content = largeContent(index, contents);
    await writeLarge(join(root, `large-${index}.bin`), tree.largeBytes, content);
  }
  for (let first = 0; first < tree.smallFiles; first += perDirectory) {
    interruption.throwIfAborted();
    const group = first / perDirectory;
    const directory = join(root, `group-${Math.floor(group / 50)}`, `files-${group}`);
    mkdirSync(directory, { recursive: true });
    const count = Math.min(perDirectory, tree.smallFiles - first);
    for (let index = 0; index < count; index += 1) {
      writeSmall(join(directory, `file-${first + index}`), tree.smallBytes, contents, random);
    }
    await setImmediate();
  }
}

/** Half tables of databases, an eighth logs, the rest what is compressed already. */
function largeContent(index: number, { pages, text, media }: Contents): Content {
  return ([pages, media, pages, text, pages, media, pages, media] as const)[index % 8] ?? media;
}

async function writeLarge(path: string, bytes: number, content: Content): Promise<void> {
  const file = await open(path, "wx");
  try {
    for (let at = 0; at < bytes; at += chunkBytes) {
      interruption.throwIfAborted();
      await file.writeFile(content(Math.min(chunkBytes, bytes - at)));
    }
  } finally {
    await file.close();
  }
}

/** Two in five are incompressible, one in ten has a mode of its own, and all have old times. */
function writeSmall(path: string, bytes: number, contents: Contents, random: Random): void {
  const content = random.below(5) < 2 ? contents.media : contents.text;
  writeFileSync(path, content(random.below(2 * bytes)), { flag: "wx" });
  if (random.below(10) === 0) chmodSync(path, 0o600);
  const time = firstTime + random.below(50_000_000) + random.below(1_000_000) / 1e6;
  utimesSync(path, time, time);
}
