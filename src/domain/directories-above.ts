import type { Manifest, RecordedDirectory } from "./manifest.ts";
import { isInside } from "./refused-paths.ts";
import type { PlannedSource } from "./sources/plan-sources.ts";
import { boundDevice, type Volume } from "./unit.ts";

/** Host paths at which data lies that is somebody's own directory, and not a place of the engine. */
export function placesOfHost(
  sources: readonly PlannedSource[],
  volumes: readonly Pick<Volume, "name" | "options">[],
): string[] {
  return sources.flatMap(({ kind, source }) => {
    if (kind !== "volume") return [source];
    const volume = volumes.find(({ name }) => name === source);
    return (volume && boundDevice(volume)) ?? [];
  });
}

/** Those that a restore to these host paths may have to make, outermost first. */
export function directoriesAbove(
  paths: readonly string[],
  { directories = [] }: Pick<Manifest, "directories">,
): RecordedDirectory[] {
  return directories
    .filter(({ path }) => paths.some((below) => below !== path && isInside(below, path)))
    .toSorted((one, other) => one.path.length - other.path.length);
}
