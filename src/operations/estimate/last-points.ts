import type { StoredPart } from "../../domain/manifest.ts";
import type { ImageToSave } from "../../domain/recipe/images.ts";
import { asStackholdError, type StackholdError } from "../../errors.ts";
import { bytesOfParts, isOwn, type PointSummary, type Repository } from "../../ports/repository.ts";
import { imagesToStore } from "../backup/image-room.ts";

/** What a repository has of a unit. */
export interface LastPoint {
  readonly repository: Repository;
  /** Of the newest point, its images aside, damaged or not, as a backup asks for it. */
  readonly storedBytes?: number;
  /** What images that are to be kept take on the engine, of those that no point has. */
  readonly imageBytes: number;
  /** Of the newest that can be read. */
  readonly point?: { readonly backupId: string; readonly parts: readonly StoredPart[] };
}

export interface LastPoints {
  readonly known: readonly LastPoint[];
  /** Of repositories that do not answer, by name. */
  readonly failed: ReadonlyMap<string, StackholdError>;
}

type Of = Pick<PointSummary, "host" | "unit">;

async function lastPoint(
  repository: Repository,
  of: Of,
  images: readonly ImageToSave[],
): Promise<LastPoint> {
  if ((await repository.examine()) === "made") {
    return { repository, imageBytes: imagesToStore(images, new Set()) };
  }
  const saved = images.length === 0 ? new Set<string>() : await repository.savedImages(of);
  const about = { repository, imageBytes: imagesToStore(images, saved) };
  const points = (await repository.list(of)).filter(isOwn);
  const storedBytes = points[0] && bytesOfParts(points[0]);
  const newest = points.find(({ status }) => status === "complete");
  if (newest === undefined) {
    return { ...about, ...(storedBytes === undefined ? {} : { storedBytes }) };
  }
  const { parts } = (await repository.read(newest)).manifest;
  const point = { backupId: newest.backupId, parts };
  return { ...about, point, ...(storedBytes === undefined ? {} : { storedBytes }) };
}

/** One repository that does not answer hides no other. */
export async function lastPoints(
  repositories: readonly Repository[],
  of: Of,
  images: readonly ImageToSave[],
): Promise<LastPoints> {
  const known: LastPoint[] = [];
  const failed = new Map<string, StackholdError>();
  for (const repository of repositories) {
    try {
      known.push(await lastPoint(repository, of, images));
    } catch (error) {
      failed.set(repository.name, asStackholdError(error));
    }
  }
  return { known, failed };
}
