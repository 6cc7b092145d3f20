import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { type DataSet, spaceOf } from "./plan.ts";

/** The data, three archives of it, and two restored copies a turn lie on the disk at the same time. */
const copies = ({ pairs }: DataSet) => 3 + 2 * pairs;

/** Throws before anything is written when the temporary directory cannot hold the largest data. */
export async function requireSpace(dataSets: readonly DataSet[]): Promise<void> {
  const { bavail, bsize } = await statfs(tmpdir());
  const needed = Math.max(0, ...dataSets.map((set) => spaceOf(set.tree) * copies(set)));
  if (bavail * bsize >= needed) return;
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new Error(
    `the benchmark needs ${gigabytes(needed)} under ${tmpdir()}, ${gigabytes(bavail * bsize)} are free; ` +
      "TMPDIR may name another directory",
  );
}
