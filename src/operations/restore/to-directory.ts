import type { StoredPart } from "../../domain/manifest.ts";
import { partStem } from "../../domain/part.ts";
import { StackholdError } from "../../errors.ts";
import type { Swap } from "../../ports/capture.ts";
import { type Context, type Deps, step } from "../context.ts";
import { progressReporter } from "../progress.ts";
import type { LocatedPoint } from "./locate-point.ts";
import { verifyFirst } from "./verify-first.ts";

function placeOf(part: StoredPart, directory: string): string {
  return `${directory}/${partStem(part)}`;
}

async function refuseOccupied(
  parts: readonly StoredPart[],
  directory: string,
  deps: Deps,
): Promise<void> {
  for (const part of parts) {
    const place = placeOf(part, directory);
    const probe = await deps.capture.probe(place);
    if (probe.type === "missing") continue;
    throw new StackholdError("USAGE", `${place} is already there`, {
      hint: "restore into a directory that does not hold this point's parts; nothing was written",
    });
  }
}

/**
 * Unpacks every part beside its place while the point is verified, then moves them in: a damaged
 * point leaves nothing behind. One part after another, since each fills the disk's queue alone.
 */
export async function restoreToDirectory(
  point: LocatedPoint,
  directory: string,
  deps: Deps,
  context: Context,
): Promise<void> {
  const { unit, parts } = point.reader.manifest;
  await refuseOccupied(parts, directory, deps);
  const swaps: { part: StoredPart; swap: Swap }[] = [];
  for (const part of parts) {
    swaps.push({
      part,
      swap: await deps.capture.planSwap(placeOf(part, directory), context.runId, "directory"),
    });
  }
  const extractAll = async (): Promise<void> => {
    for (const { part, swap } of swaps) {
      context.signal.throwIfAborted();
      const about = { unit, subject: partStem(part) };
      const onProgress = progressReporter(about, deps.clock, context.emit);
      const staged = await deps.capture.prepare(swap);
      await point.reader.extract(part, staged, {
        signal: context.signal,
        onProgress,
        onWarning: (message) => context.emit({ type: "warning", unit, message }),
      });
    }
  };
  try {
    await step("stage", unit, deps.clock, context, async () => {
      const outcomes = await Promise.allSettled([verifyFirst(point, deps, context), extractAll()]);
      const failed = outcomes.find((outcome) => outcome.status === "rejected");
      if (failed !== undefined) throw failed.reason;
    });
    for (const { swap } of swaps) await deps.capture.swap(swap);
  } finally {
    for (const { swap } of swaps) await deps.capture.discard(swap);
  }
}
