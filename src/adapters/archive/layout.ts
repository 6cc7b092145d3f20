import { join } from "node:path";
import type { PointRef } from "../../ports/repository.ts";
import { directoryName, manifestFile, pinFile } from "./names.ts";

/** Names that begin with these are work in progress and never a point. */
export const partialPrefix = ".partial-";
export const removedPrefix = ".removed-";
export const linkPrefix = ".latest-";

export interface PointPaths {
  readonly host: string;
  readonly unit: string;
  /** Where the published point is. */
  readonly point: string;
  readonly manifest: string;
  /** There while the point is pinned. */
  readonly pin: string;
  /** Where it is written. */
  readonly partial: string;
  /** Where it is while it is deleted. */
  readonly removed: string;
}

export function pointPaths(root: string, ref: PointRef): PointPaths {
  const host = join(root, directoryName(ref.host));
  const unit = join(host, directoryName(ref.unit));
  const point = join(unit, directoryName(ref.backupId));
  return {
    host,
    unit,
    point,
    manifest: join(point, manifestFile),
    pin: join(point, pinFile),
    partial: join(unit, `${partialPrefix}${directoryName(ref.backupId)}`),
    removed: join(unit, `${removedPrefix}${directoryName(ref.backupId)}`),
  };
}
