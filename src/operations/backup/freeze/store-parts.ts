import type { SavedImage, StoredPart } from "../../../domain/manifest.ts";
import { formatPart } from "../../../domain/part.ts";
import type { Unprotected } from "../../../domain/sources/candidates.ts";
import { longPathsGap } from "../../../domain/sources/long-paths.ts";
import type { PlannedSource } from "../../../domain/sources/plan-sources.ts";
import type { Activity, Tree } from "../../../ports/capture.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { PendingPart, PointWriter } from "../../../ports/repository.ts";
import type { TwoPhase } from "../../../ports/two-phase.ts";
import type { Context } from "../../context.ts";
import { progressReporter } from "../../progress.ts";
import { together } from "../../together.ts";

/** A repository that takes part in a run of one unit, until it fails. */
export interface Destination {
  readonly name: string;
  /** Undefined where the repository took no part from the start. */
  readonly writer: PointWriter | undefined;
  readonly pending: PendingPart[];
  /** Kept with the point already. */
  readonly images: SavedImage[];
  /** Of the point, once it is published. */
  parts: readonly StoredPart[];
  error: unknown;
}

/** What is stored of a source, and from where. */
export interface Portion {
  readonly source: PlannedSource;
  readonly tree: Tree;
  readonly passes?: TwoPhase;
}

/** What all storing of one unit shares. */
export interface Storing {
  readonly unit: string;
  readonly destinations: readonly Destination[];
  readonly parallel: number;
  /** Called whenever bytes flow. */
  readonly onBytes?: () => void;
}

/** What of the portions is not in the archives as it was. */
export interface StoredParts {
  readonly unsteady: readonly string[];
  readonly gaps: readonly Unprotected[];
}

/**
 * Stores every portion in every destination that still works. One destination's failure leaves the
 * others; a failure of the source itself, or of the last destination, is thrown. On any throw all
 * captures have ended.
 */
export async function storeParts(
  portions: readonly Portion[],
  storing: Storing,
  clock: Clock,
  context: Context,
): Promise<StoredParts> {
  const unsteady = new Set<string>();
  const gaps = new Map<PlannedSource, Unprotected>();
  const storeOne = async (
    { source, ...stored }: Portion,
    destination: Destination,
    signal: AbortSignal,
  ) => {
    const { writer } = destination;
    if (writer === undefined || destination.error !== undefined) return undefined;
    try {
      const activity = activityFor(source, storing, clock, { ...context, signal });
      const { kind, name } = source;
      const pending = await writer.store(
        { kind, name, source: source.source, ...stored },
        activity,
      );
      for (const entry of pending.unsteady) unsteady.add(`${formatPart(source)} ${entry}`);
      if (pending.tooLong !== undefined) gaps.set(source, longPathsGap(source, pending.tooLong));
      return { destination, pending };
    } catch (error) {
      // The first one counts: it may be what ended the others.
      destination.error ??= error;
      if (storing.destinations.every((other) => other.error !== undefined)) throw error;
      return undefined;
    }
  };
  const works = portions.flatMap((portion) =>
    storing.destinations.map(
      (destination) => (signal: AbortSignal) => storeOne(portion, destination, signal),
    ),
  );
  const stored = await together(works, storing.parallel, context.signal);
  for (const one of stored) one?.destination.pending.push(one.pending);
  return { unsteady: [...unsteady], gaps: [...gaps.values()] };
}

export function activityFor(
  source: PlannedSource,
  { unit, onBytes }: Storing,
  clock: Clock,
  context: Context,
): Activity {
  const report = progressReporter({ unit, subject: formatPart(source) }, clock, context.emit);
  return {
    signal: context.signal,
    onProgress: (progress) => {
      onBytes?.();
      report(progress);
    },
  };
}
