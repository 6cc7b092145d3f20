import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";

/** Throws before anything is written when the temporary directory cannot hold so much. */
export async function requireSpace(needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(tmpdir());
  if (bavail * bsize >= needed) return;
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new Error(
    `the benchmark needs ${gigabytes(needed)} under ${tmpdir()}, ${gigabytes(bavail * bsize)} are free; ` +
      "TMPDIR may name another directory",
  );
}
