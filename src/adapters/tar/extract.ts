import type { Activity, Layers } from "../../ports/capture.ts";
import { readAmendments } from "./amendments.ts";
import { deleteNames } from "./delete-names.ts";
import { earlyFlush } from "./flush.ts";
import { archiveOf } from "./hot-layer.ts";
import { probeKeeping } from "./keeping.ts";
import { matchListing } from "./match-listing.ts";
import type { Opener } from "./opened.ts";
import { placeKept } from "./place-kept.ts";
import { clearAcls } from "./root-attributes.ts";
import { unpack } from "./unpack.ts";

/** Applies the layers of a part in their order and proves the outcome by the listing. */
export async function extract(
  runner: Opener,
  layers: Layers,
  directory: string,
  activity: Activity,
): Promise<void> {
  const { hot, deleted, delta, listing } = layers;
  await clearAcls(runner, directory);
  const keeping = listing === undefined ? undefined : await probeKeeping(runner, directory);
  const flushing = earlyFlush(runner, directory);
  const watched = inSequence(activity, flushing.reached);
  const amendments = await readAmendments(runner, layers, activity);
  if (typeof hot !== "string") {
    await placeKept(runner, hot, directory, watched.next(), amendments);
  }
  await unpack(runner, archiveOf(hot), directory, watched.next(), amendments);
  if (deleted !== undefined) await deleteNames(runner, deleted, directory, activity);
  if (delta !== undefined) await unpack(runner, delta, directory, watched.next());
  if (listing !== undefined && keeping !== undefined) {
    await matchListing(runner, { listing, directory, keeping }, watched.next());
  }
  // What is swapped in later must be on the disk by then, and not wait for it while a unit is down.
  await flushing.finish();
}

/** One progress that goes on where the step before ended. */
function inSequence(activity: Activity, reached: (bytes: number) => void): { next(): Activity } {
  let total = 0;
  return {
    next() {
      const before = total;
      return {
        ...activity,
        onProgress: (progress) => {
          total = before + progress.bytes;
          reached(total);
          activity.onProgress?.({ ...progress, bytes: total });
        },
      };
    },
  };
}
