import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";

/** SHA-256 in hex, and the size, of a file. */
export async function hashFile(
  path: string,
  signal?: AbortSignal,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  await pipeline(
    createReadStream(path),
    async (source: AsyncIterable<Uint8Array>) => {
      for await (const piece of source) {
        bytes += piece.length;
        hash.update(piece);
      }
    },
    ...(signal === undefined ? [] : [{ signal }]),
  );
  return { bytes, sha256: hash.digest("hex") };
}
