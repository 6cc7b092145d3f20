import pLimit from "p-limit";
import { formatPart } from "../../domain/part.ts";
import type { PlannedSource } from "../../domain/sources/plan-sources.ts";
import type { Activity } from "../../ports/capture.ts";
import type { Clock } from "../../ports/clock.ts";
import type { PendingPart, PointWriter } from "../../ports/repository.ts";
import type { Context } from "../context.ts";
import { progressReporter } from "../progress.ts";

/** A repository that takes part in a run of one unit, until it fails. */
export interface Destination {
  readonly name: string;
  /** Undefined where the repository took no part from the start. */
  readonly writer: PointWriter | undefined;
  readonly pending: PendingPart[];
  error: unknown;
}

export interface StoreInput {
  readonly unit: string;
  readonly sources: readonly PlannedSource[];
  readonly destinations: readonly Destination[];
  readonly parallel: number;
  /** Called whenever bytes flow. */
  readonly onBytes: () => void;
}

/**
 * Stores every source in every destination that still works. One destination's failure leaves the
 * others; a failure of the source itself, or of the last destination, is thrown. On any throw all
 * captures have ended.
 */
export async function storeParts(
  input: StoreInput,
  clock: Clock,
  context: Context,
): Promise<{ readonly unsteady: readonly string[] }> {
  const limit = pLimit(input.parallel);
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const unsteady = new Set<string>();
  const storeOne = async (source: PlannedSource, destination: Destination) => {
    const { writer } = destination;
    if (writer === undefined || destination.error !== undefined || signal.aborted) return undefined;
    try {
      const activity = activityFor(source, input, clock, signal, context);
      const { kind, name, path, type, exclude } = source;
      const part = { kind, name, source: source.source, tree: { path, type, exclude } };
      const pending = await writer.store(part, activity);
      for (const entry of pending.unsteady) unsteady.add(`${formatPart(source)} ${entry}`);
      return { destination, pending };
    } catch (error) {
      destination.error = error;
      if (input.destinations.every((other) => other.error !== undefined)) stop.abort(error);
      return undefined;
    }
  };
  const stored = await Promise.all(
    input.sources.flatMap((source) =>
      input.destinations.map((destination) => limit(() => storeOne(source, destination))),
    ),
  );
  signal.throwIfAborted();
  // Whichever was done first: a point lists its parts as they were planned.
  for (const one of stored) one?.destination.pending.push(one.pending);
  return { unsteady: [...unsteady] };
}

function activityFor(
  source: PlannedSource,
  input: StoreInput,
  clock: Clock,
  signal: AbortSignal,
  context: Context,
): Activity {
  const about = { unit: input.unit, subject: formatPart(source) };
  const report = progressReporter(about, clock, context.emit);
  return {
    signal,
    onProgress: (progress) => {
      input.onBytes();
      report(progress);
    },
  };
}
