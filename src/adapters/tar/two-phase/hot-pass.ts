import { rm } from "node:fs/promises";
import type { Runner } from "../../../exec/runner.ts";
import type { Activity, ArchiveTarget } from "../../../ports/capture.ts";
import { createEmpty, runTar } from "../archive.ts";
import { systemError } from "../errno.ts";
import type { Held } from "../hold.ts";
import type { FirstListing } from "./first-listing.ts";
import { type HotFindings, readHotIndex } from "./hot-index.ts";

/** Stores what was listed, then reads what tar says it stored. Nothing is left when it fails. */
export async function hotPass(
  runner: Runner,
  held: Held,
  first: FirstListing,
  index: string,
  target: ArchiveTarget,
  findings: HotFindings,
  activity: Activity,
): Promise<void> {
  const { measure } = first;
  await createEmpty(target.file);
  try {
    const members = [
      ...["-vv", "--full-time", "--utc", "--quoting-style=escape", `--index-file=${index}`],
      ...["-C", held.directory, "--no-recursion", "--null", "-T", first.names],
    ];
    const job = { source: held.tree.path, members, isListed: true };
    await runTar(runner, job, target, activity, () => measure);
    await readHotIndex(first.file, index, findings, activity.signal);
    activity.onProgress?.({ ...measure, totalBytes: measure.bytes });
  } catch (failure) {
    await rm(target.file, { force: true });
    throw systemError(failure, `cannot write ${target.file}`);
  } finally {
    await rm(index, { force: true });
  }
}
