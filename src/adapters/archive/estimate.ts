import type { Activity, Measure, Tree } from "../../ports/capture.ts";
import type { Estimate } from "../../ports/repository.ts";
import type { ArchiveDeps, ArchiveSettings } from "./settings.ts";

/** Headers with nanosecond times and the padding of a file; in a plain tar they are as large as they are. */
const headerBytes = { plain: 1792, compressed: 100 };

/** Where nothing of the content can be read. */
const assumedShare = 0.5;

export async function estimateTree(
  { compression, level }: ArchiveSettings,
  tree: Tree,
  measure: Measure,
  { capture }: Pick<ArchiveDeps, "capture">,
  activity: Activity,
): Promise<Estimate> {
  const { bytes, allocatedBytes = bytes, files } = measure;
  const sampled = await capture.sample(tree, measure, { compression, level }, activity);
  const share = sampled.bytes === 0 ? assumedShare : sampled.storedBytes / sampled.bytes;
  const perEntry = compression === "none" ? headerBytes.plain : headerBytes.compressed;
  return {
    storedBytes: Math.round(allocatedBytes * share + files * perEntry),
    sampledBytes: sampled.bytes,
  };
}
