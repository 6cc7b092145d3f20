import type { ImageToSave } from "../../domain/recipe/images.ts";
import { withoutPoint } from "../../domain/repository-text.ts";
import type { UnitResult } from "../../domain/results.ts";
import { asStackholdError } from "../../errors.ts";
import { bytesOfParts, isOwn, type PointSummary, type Repository } from "../../ports/repository.ts";
import { type Promised, spaceFor } from "./check-space.ts";
import { imagesToStore } from "./image-room.ts";

/** What a backup would find in the repositories of a unit. */
export interface Foreseen {
  readonly room: NonNullable<NonNullable<UnitResult["estimate"]>["repositories"]>;
  /** Of those that would take no point, while others would. */
  readonly warnings: readonly string[];
  /** Why none would. */
  readonly error: unknown;
}

type Of = Pick<PointSummary, "host" | "unit">;

async function foreseen(repository: Repository, of: Of, images: readonly ImageToSave[]) {
  if ((await repository.examine()) === "made") {
    return { lastStoredBytes: undefined, imageBytes: imagesToStore(images, new Set()) };
  }
  const last = (await repository.list(of)).find(isOwn);
  const saved = images.length === 0 ? new Set<string>() : await repository.savedImages(of);
  return {
    lastStoredBytes: last && bytesOfParts(last),
    imageBytes: imagesToStore(images, saved),
  };
}

/** The checks of a backup before it stops anything; nothing is made or written. */
export async function foreseeRepositories(
  point: Of,
  measuredBytes: number,
  images: readonly ImageToSave[],
  repositories: readonly Repository[],
): Promise<Foreseen> {
  const room: Foreseen["room"] = [];
  const promised: Promised = new Map();
  const failures: { readonly name: string; readonly error: unknown }[] = [];
  for (const repository of repositories) {
    const { name } = repository;
    try {
      const sizes = { ...(await foreseen(repository, point, images)), measuredBytes };
      const space = await spaceFor(point.unit, sizes, repository, promised);
      if (space !== undefined) room.push({ name, ...space });
    } catch (error) {
      failures.push({ name, error });
    }
  }
  const isLost = failures.length === repositories.length;
  const warnings = failures.map(({ name, error }) =>
    withoutPoint(name, asStackholdError(error).message),
  );
  return { room, warnings: isLost ? [] : warnings, error: isLost ? failures[0]?.error : undefined };
}
