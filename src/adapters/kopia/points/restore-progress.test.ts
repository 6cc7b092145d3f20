import { expect, it } from "vitest";
import { restoredBytes } from "./restore-progress.ts";

it.each([
  ["Processed 3 (12.3 MB) of 10 (60 MB) 5 MB/s (20.5%) remaining 3s.", 12_300_000],
  ["Processed 1 (512 B) of 1 (512 B).", 512],
  ["Processed 9 (1.2 GB) of 10 (3.4 GB), ignored 1 errors.  ", 1_200_000_000],
  ["Restoring to local filesystem (/x) with parallelism=8...", undefined],
  ["Restored 3 files, 1 directories and 0 symbolic links (12 MB).", undefined],
])("says how much of a restore is done: %s", (line, bytes) => {
  expect(restoredBytes(line)).toBe(bytes);
});
