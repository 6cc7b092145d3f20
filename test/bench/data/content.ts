import { type Random, seededRandom } from "./random.ts";

/** A source of file content of one kind. */
export type Content = (bytes: number) => Buffer;

/** What services keep: logs and documents, tables of a database, photographs and archives. */
export interface Contents {
  readonly text: Content;
  readonly pages: Content;
  readonly media: Content;
}

/** Far more than the 2 MiB that zstd -3 looks back: what is taken from it seldom repeats in sight. */
const poolBytes = 32 << 20;
const pageBytes = 8192;
const sliceBytes = 64 << 10;

export function seededContents(seed: string): Contents {
  const random = seededRandom(seed);
  const text = textPool(random);
  const pages = pagePool(text, random);
  return {
    text: (bytes) => slices(text, sliceBytes, 1, bytes, random),
    pages: (bytes) => slices(pages, pageBytes, pageBytes, bytes, random),
    media: (bytes) => random.bytes(bytes),
  };
}

/** Lines of words, some common and most rare; zstd -3 makes about a third of them. */
function textPool(random: Random): Buffer {
  const letters = "etaoinshrdlucmfwypvbgkjqxz";
  const word = () =>
    Array.from({ length: 2 + random.below(9) }, () => letters[random.below(26)]).join("");
  const words = Array.from({ length: 20_000 }, word);
  const pool = Buffer.alloc(poolBytes);
  let at = 0;
  while (at < poolBytes) {
    // A limit that is itself drawn prefers the first words, as language does.
    const line = Array.from({ length: 12 }, () => words[random.below(1 + random.below(20_000))]);
    at += pool.write(
      `2026-11-20T02:${random.below(60)} [${random.below(1e6)}] ${line.join(" ")}\n`,
      at,
    );
  }
  return pool;
}

/** Pages of a database: a header, rows of keys and text, and free space. */
function pagePool(text: Buffer, random: Random): Buffer {
  const pool = Buffer.alloc(poolBytes);
  for (let page = 0; page < poolBytes; page += pageBytes) {
    random.bytes(24).copy(pool, page);
    const rows = 40 + random.below(40);
    for (let row = 0; row < rows; row += 1) {
      const at = page + 64 + row * 100;
      random.bytes(16).copy(pool, at);
      const from = random.below(poolBytes - 100);
      text.copy(pool, at + 16, from, from + 20 + random.below(60));
    }
  }
  return pool;
}

/** So many bytes in pieces of the pool that begin at any multiple of the step. */
function slices(pool: Buffer, size: number, step: number, bytes: number, random: Random): Buffer {
  const made = Buffer.allocUnsafe(bytes);
  for (let at = 0; at < bytes; at += size) {
    const from = random.below((poolBytes - size) / step) * step;
    pool.copy(made, at, from, from + Math.min(size, bytes - at));
  }
  return made;
}
