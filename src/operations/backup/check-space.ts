import { roomFor } from "../../domain/room.ts";
import type { PlannedSource } from "../../domain/sources/plan-sources.ts";
import { StackholdError } from "../../errors.ts";
import { bytes as inWords } from "../../events/amounts.ts";
import type { Capture, Space } from "../../ports/capture.ts";
import type { Repository } from "../../ports/repository.ts";

export interface SpaceInput {
  readonly unit: string;
  readonly sources: readonly PlannedSource[];
  /** Stored bytes of the unit's last point in this repository. */
  readonly lastStoredBytes: number | undefined;
}

/** A point may grow by this much over the last one. */
const growth = 1.2;
/** Left for manifests and for everybody else on the disk. */
const reserveBytes = 16 * 2 ** 20;
/** What a compressor makes of data nobody has measured yet, at the least. */
const compressedShare = 0.5;

/** Every byte in use on the sources' file systems: more than the sources can hold. */
async function upperBound(sources: readonly PlannedSource[], capture: Capture): Promise<number> {
  const spaces = await Promise.all(sources.map((source) => capture.space(source.path)));
  const systems = new Map(spaces.map((space) => [space.fileSystem, space.usedBytes]));
  return [...systems.values()].reduce((sum, used) => sum + used, 0);
}

async function measured(sources: readonly PlannedSource[], capture: Capture): Promise<number> {
  const measures = await Promise.all(sources.map((source) => capture.measure(source)));
  return measures.reduce((sum, measure) => sum + roomFor(measure), 0);
}

async function need(input: SpaceInput, space: Space, capture: Capture): Promise<number> {
  if (input.lastStoredBytes !== undefined) return input.lastStoredBytes * growth;
  if ((await upperBound(input.sources, capture)) + reserveBytes <= space.freeBytes) return 0;
  return (await measured(input.sources, capture)) * compressedShare;
}

/**
 * Throws NO_SPACE when the repository cannot take the next point. The cheapest sufficient estimate
 * is used: the last point, else what the file systems hold in all, else a walk over the sources.
 */
export async function checkSpace(
  input: SpaceInput,
  repository: Repository,
  capture: Capture,
): Promise<void> {
  const space = await repository.space();
  if (space === undefined) return;
  const needed = (await need(input, space, capture)) + reserveBytes;
  if (needed <= space.freeBytes) return;
  throw new StackholdError(
    "NO_SPACE",
    `repository ${repository.name} has ${inWords(space.freeBytes)} free, the next point of ${input.unit} needs about ${inWords(needed)}`,
    { hint: "free space there, or delete points that are no longer needed; nothing was stopped" },
  );
}
