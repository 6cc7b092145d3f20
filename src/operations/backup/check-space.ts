import { roomFor } from "../../domain/room.ts";
import type { PlannedSource } from "../../domain/sources/plan-sources.ts";
import { StackholdError } from "../../errors.ts";
import { bytes as inWords } from "../../events/amounts.ts";
import type { Capture, Space } from "../../ports/capture.ts";
import type { Repository } from "../../ports/repository.ts";
import { storedImageBytes } from "./image-room.ts";

export interface SpaceInput {
  readonly unit: string;
  readonly sources: readonly PlannedSource[];
  /** Stored bytes of the unit's last point in this repository. */
  readonly lastStoredBytes: number | undefined;
  /** Of images that are still to be stored in this repository. */
  readonly imageBytes: number;
}

/** A point may grow by this much over the last one. */
const growth = 1.2;
/** Left for manifests and for everybody else on the disk. */
export const reserveBytes = 16 * 2 ** 20;
/** What a compressor makes of data nobody has measured yet, at the least. */
export const compressedShare = 0.5;

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

/** By the last point, else by what a walk over the sources found. */
function needOf(lastStoredBytes: number | undefined, measuredBytes: number): number {
  return lastStoredBytes === undefined ? measuredBytes * compressedShare : lastStoredBytes * growth;
}

async function need(input: SpaceInput, freeBytes: number, capture: Capture): Promise<number> {
  const { lastStoredBytes, sources } = input;
  if (lastStoredBytes !== undefined) return needOf(lastStoredBytes, 0);
  const most = await upperBound(sources, capture);
  if (most + reserveBytes <= freeBytes) return needOf(undefined, most);
  return needOf(undefined, await measured(sources, capture));
}

/** By file system, what the repositories that were checked before want of it for the same point. */
export type Promised = Map<string, number>;

export function requireFree(
  what: string,
  needed: number,
  { name }: Repository,
  { freeBytes }: Pick<Space, "freeBytes">,
  promised = 0,
): void {
  if (needed <= freeBytes - promised) return;
  const others =
    promised > 0 ? ` and another repository on its disk wants ${inWords(promised)} of it` : "";
  throw new StackholdError(
    "NO_SPACE",
    `repository ${name} has ${inWords(freeBytes)} free${others}, ${what} needs about ${inWords(needed)}`,
    { hint: "free space there, or delete points that are no longer needed; nothing was stopped" },
  );
}

/**
 * Throws NO_SPACE when the repository cannot take the next point. The cheapest sufficient estimate
 * is used: the last point, else what the file systems hold in all, else a walk over the sources.
 */
export async function checkSpace(
  input: SpaceInput,
  repository: Repository,
  promised: Promised,
  capture: Capture,
): Promise<void> {
  const space = await repository.space();
  if (space === undefined) return;
  const before = promised.get(space.fileSystem) ?? 0;
  const images = storedImageBytes(input.imageBytes);
  const wanted = (await need(input, space.freeBytes - before - images, capture)) + images;
  requireFree(`the next point of ${input.unit}`, wanted + reserveBytes, repository, space, before);
  promised.set(space.fileSystem, before + wanted);
}

/** What is known of a point before it is made. */
export interface PointSizes {
  readonly lastStoredBytes: number | undefined;
  readonly measuredBytes: number;
  readonly imageBytes: number;
}

/** What a backup wants to find free. */
export function neededFor({ lastStoredBytes, measuredBytes, imageBytes }: PointSizes): number {
  const images = storedImageBytes(imageBytes);
  return needOf(lastStoredBytes, measuredBytes) + images + reserveBytes;
}

/** The same of sources that were walked over already, and what it found; undefined as there. */
export async function spaceFor(
  unit: string,
  sizes: PointSizes,
  repository: Repository,
  promised: Promised,
): Promise<{ readonly neededBytes: number; readonly freeBytes: number } | undefined> {
  const space = await repository.space();
  if (space === undefined) return undefined;
  const neededBytes = neededFor(sizes);
  const before = promised.get(space.fileSystem) ?? 0;
  requireFree(`the next point of ${unit}`, neededBytes, repository, space, before);
  promised.set(space.fileSystem, before + neededBytes - reserveBytes);
  return { neededBytes, freeBytes: space.freeBytes };
}
