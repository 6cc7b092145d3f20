import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { StackholdError } from "../../errors.ts";

const readSize = 1 << 20;

export interface HashedFile {
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
}

/** `onBytes` hears of every piece that was read. */
export async function hashFile(
  path: string,
  signal?: AbortSignal,
  onBytes?: (bytes: number) => void,
): Promise<HashedFile> {
  const file = await open(path, "r");
  try {
    const hash = createHash("sha256");
    const buffer = Buffer.allocUnsafe(readSize);
    let bytes = 0;
    for (;;) {
      if (signal?.aborted === true) throw new StackholdError("CANCELLED", "reading was cancelled");
      const { bytesRead } = await file.read(buffer, 0, readSize, null);
      if (bytesRead === 0) return { bytes, sha256: hash.digest("hex") };
      hash.update(buffer.subarray(0, bytesRead));
      bytes += bytesRead;
      onBytes?.(bytesRead);
    }
  } finally {
    await file.close();
  }
}
