import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { requireSuccess } from "../../exec/result.ts";
import type { Runner } from "../../exec/runner.ts";
import type { Activity, ArchiveTarget, Measure, Sampled, Tree } from "../../ports/capture.ts";
import { compressor } from "./compressor.ts";
import { hold } from "./hold.ts";
import { contentOf, type Entry } from "./listing.ts";
import { listTree, signalOf } from "./measure.ts";

/** Long enough for the compressor to find most of what repeats. */
const pieceBytes = 128 << 10;
const mostPieces = 128;

interface Piece {
  /** Below the held directory, latin1. */
  readonly name: string;
  readonly position: number;
  readonly length: number;
}

/** Takes a piece wherever a step of equal length ends, so that large files give more of them. */
function createChoice(totalBytes: number) {
  const step = Math.max(pieceBytes, Math.ceil(totalBytes / mostPieces));
  const pieces: Piece[] = [];
  let passed = 0;
  let next = 0;
  return {
    pieces,
    add(entry: Entry) {
      if (entry.type !== "f") return;
      const content = contentOf(entry);
      for (; next < passed + content && pieces.length < mostPieces; next += step) {
        const position = next - passed;
        const length = Math.min(pieceBytes, content - position);
        pieces.push({ name: entry.name, position, length });
      }
      passed += content;
    },
  };
}

/** What cannot be read, or is gone by now, is no part of the sample. */
async function read(directory: string, { name, position, length }: Piece): Promise<Buffer> {
  try {
    const path = Buffer.from(`${directory}/${name}`, "latin1");
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    await using file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
    return buffer.subarray(0, bytesRead);
  } catch {
    return Buffer.alloc(0);
  }
}

export async function sample(
  runner: Runner,
  tree: Tree,
  { bytes, allocatedBytes = bytes }: Pick<Measure, "bytes" | "allocatedBytes">,
  how: Pick<ArchiveTarget, "compression" | "level">,
  activity: Activity,
): Promise<Sampled> {
  await using held = await hold(tree);
  const choice = createChoice(allocatedBytes);
  await listTree(runner, held, {
    ...signalOf(activity),
    isMoving: true,
    onSelected: async (entries) => {
      for (const entry of entries) choice.add(entry);
    },
  });
  const content: Buffer[] = [];
  for (const piece of choice.pieces) content.push(await read(held.directory, piece));
  const stdin = Buffer.concat(content);
  if (how.compression === "none") return { bytes: stdin.length, storedBytes: stdin.length };
  const [program, ...args] = compressor(how);
  let storedBytes = 0;
  const onBytes = (chunk: Uint8Array) => {
    storedBytes += chunk.length;
  };
  requireSuccess(
    await runner.run({ program, args }, { stdin, stdout: { onBytes }, ...signalOf(activity) }),
  );
  return { bytes: stdin.length, storedBytes };
}
