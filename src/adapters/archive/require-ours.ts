import type { PointRef } from "../../ports/repository.ts";
import { newerFormat } from "./errors.ts";
import { readingOf } from "./list-points.ts";
import { unknownPoint } from "./point-reader.ts";
import type { ArchiveSettings } from "./settings.ts";

/** Throws unless the point is published and of a format that this version may change. */
export async function requireOurs(settings: ArchiveSettings, ref: PointRef): Promise<void> {
  const reading = await readingOf(settings.path, ref);
  if (reading === undefined) throw unknownPoint(settings, ref);
  if (reading.status === "newer") throw newerFormat(settings, `point ${ref.backupId}`);
}
