import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { StackholdError } from "../../errors.ts";

const readSize = 1 << 20;

/** SHA-256 of a file, in hex. `onBytes` hears of every piece that was read. */
export async function hashFile(
  path: string,
  onBytes: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<string> {
  const file = await open(path, "r");
  try {
    const hash = createHash("sha256");
    const buffer = Buffer.allocUnsafe(readSize);
    for (;;) {
      if (signal?.aborted === true) throw new StackholdError("CANCELLED", "reading was cancelled");
      const { bytesRead } = await file.read(buffer, 0, readSize, null);
      if (bytesRead === 0) return hash.digest("hex");
      hash.update(buffer.subarray(0, bytesRead));
      onBytes(bytesRead);
    }
  } finally {
    await file.close();
  }
}
