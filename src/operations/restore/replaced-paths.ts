import type { Manifest } from "../../domain/manifest.ts";
import { outermost } from "../../domain/outermost.ts";
import { isInside } from "../../domain/refused-paths.ts";
import { type Placement, reachOf } from "./placements.ts";

/** Data inside the project directory: what members mount from there, the outermost only. */
export function dataInside(manifest: Manifest, project: string): string[] {
  const sources = manifest.members
    .flatMap((member) => member.mounts)
    .filter((mount) => mount.type === "bind" && mount.source !== project)
    .map((mount) => mount.source)
    .filter((source) => isInside(source, project));
  return outermost([...new Set(sources)]);
}

/** Host paths whose content moves away: of a project directory that stays, the data in it. */
export function replacedPaths(
  placement: Placement,
  manifest: Manifest,
  withProject: boolean,
): string[] {
  const { part, target, only } = placement;
  if (target === undefined) return [];
  if (only !== undefined) return reachOf(placement);
  if (part.kind !== "project" || (withProject && part.partial !== true)) return [target];
  return dataInside(manifest, target);
}
