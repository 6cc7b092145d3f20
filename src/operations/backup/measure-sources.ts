import { roomFor } from "../../domain/room.ts";
import type { Unprotected } from "../../domain/sources/candidates.ts";
import { longPathsGap } from "../../domain/sources/long-paths.ts";
import type { PlannedSource } from "../../domain/sources/plan-sources.ts";
import type { Measure } from "../../ports/capture.ts";
import type { Deps } from "../context.ts";

export interface MeasuredSources {
  readonly bytes: number;
  readonly files: number;
  /** What the files take on a disk. */
  readonly roomBytes: number;
  /** What only a look into the sources tells. */
  readonly gaps: readonly Unprotected[];
}

/** Walks over each. */
export async function measureEach(
  sources: readonly PlannedSource[],
  { capture }: Pick<Deps, "capture">,
  signal: AbortSignal,
): Promise<(Measure & { readonly source: PlannedSource })[]> {
  return Promise.all(
    sources.map(async (source) => ({ source, ...(await capture.measure(source, { signal })) })),
  );
}

/** What they take on a disk. */
export function roomOf(measures: readonly Measure[]): number {
  return measures.reduce((sum, measure) => sum + roomFor(measure), 0);
}

/** Walks over everything that will be stored. */
export async function measureSources(
  sources: readonly PlannedSource[],
  deps: Pick<Deps, "capture">,
  signal: AbortSignal,
): Promise<MeasuredSources> {
  const measures = await measureEach(sources, deps, signal);
  return {
    bytes: measures.reduce((sum, { bytes }) => sum + bytes, 0),
    roomBytes: roomOf(measures),
    files: measures.reduce((sum, { files }) => sum + files, 0),
    gaps: measures.flatMap(({ source, tooLong }) =>
      tooLong === undefined ? [] : [longPathsGap(source, tooLong)],
    ),
  };
}
