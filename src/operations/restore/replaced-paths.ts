import type { Manifest } from "../../domain/manifest.ts";
import { isInside } from "../../domain/refused-paths.ts";
import { type Placement, reachOf } from "./placements.ts";

/** Of different paths those that lie in no other one. */
export function outermost(paths: readonly string[]): string[] {
  return paths.filter((path) => !paths.some((other) => other !== path && isInside(path, other)));
}

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
