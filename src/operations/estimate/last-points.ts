import type { StoredPart } from "../../domain/manifest.ts";
import { asStackholdError, type StackholdError } from "../../errors.ts";
import type { PointSummary, Repository } from "../../ports/repository.ts";

/** What a repository has of a unit. */
export interface LastPoint {
  readonly repository: Repository;
  /** Of the newest point, damaged or not, as a backup asks for it. */
  readonly storedBytes?: number;
  /** Of the newest that can be read. */
  readonly point?: { readonly backupId: string; readonly parts: readonly StoredPart[] };
}

export interface LastPoints {
  readonly known: readonly LastPoint[];
  /** Of repositories that do not answer, by name. */
  readonly failed: ReadonlyMap<string, StackholdError>;
}

type Of = Pick<PointSummary, "host" | "unit">;

async function lastPoint(repository: Repository, of: Of): Promise<LastPoint> {
  if ((await repository.examine()) === "made") return { repository };
  const points = await repository.list(of);
  const storedBytes = points[0]?.storedBytes;
  const newest = points.find(({ status }) => status === "complete");
  if (newest === undefined) {
    return { repository, ...(storedBytes === undefined ? {} : { storedBytes }) };
  }
  const { parts } = (await repository.read(newest)).manifest;
  const point = { backupId: newest.backupId, parts };
  return { repository, point, ...(storedBytes === undefined ? {} : { storedBytes }) };
}

/** One repository that does not answer hides no other. */
export async function lastPoints(repositories: readonly Repository[], of: Of): Promise<LastPoints> {
  const known: LastPoint[] = [];
  const failed = new Map<string, StackholdError>();
  for (const repository of repositories) {
    try {
      known.push(await lastPoint(repository, of));
    } catch (error) {
      failed.set(repository.name, asStackholdError(error));
    }
  }
  return { known, failed };
}
