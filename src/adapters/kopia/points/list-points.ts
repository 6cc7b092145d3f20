import { parseBackupId } from "../../../domain/backup-id.ts";
import { newestFirst } from "../../../domain/select-point.ts";
import type { PointFilter, PointSummary } from "../../../ports/repository.ts";
import type { Snapshot } from "../snapshots.ts";
import { isManifest, keyOf, type PointSnapshot, pointSnapshots } from "./catalogue.ts";
import { figuresOf } from "./tags.ts";

/** The pin of Kopia's that stands for one of Stackhold's. */
export const pinName = "stackhold";

export function isPinned({ snapshot }: PointSnapshot): boolean {
  return snapshot.pins?.includes(pinName) === true;
}

/** Manifests by what they publish. */
export function manifestsOf(all: readonly Snapshot[]): PointSnapshot[] {
  const found = new Map<string, PointSnapshot>();
  for (const one of pointSnapshots(all).filter(isManifest)) found.set(keyOf(one.ref), one);
  return [...found.values()];
}

/** Newest first; from the tags alone. */
export function listPoints(
  repository: string,
  all: readonly Snapshot[],
  { host, unit }: PointFilter,
): PointSummary[] {
  return manifestsOf(all)
    .filter(({ ref }) => host === undefined || ref.host === host)
    .filter(({ ref }) => unit === undefined || ref.unit === unit)
    .map((one) => {
      const createdAt = parseBackupId(one.ref.backupId)?.toISOString() ?? "";
      const figures = figuresOf(one.snapshot, createdAt);
      return { ...one.ref, repository, ...figures, pinned: isPinned(one) };
    })
    .sort(newestFirst);
}
