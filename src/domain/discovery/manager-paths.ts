import { isInside } from "../refused-paths.ts";
import { type ContainerSummary, isRunning } from "../unit.ts";

/** A path of a container and where a mount of that container has it on the host. */
export interface MappedPath {
  readonly container: string;
  readonly source: string;
  readonly destination: string;
}

function below(path: string, from: string, to: string): string {
  const rest = path.slice(from === "/" ? 0 : from.length);
  return `${to === "/" ? "" : to}${rest}` || "/";
}

/** The same path on the host, as this mount has it. */
export function mapPath(path: string, { source, destination }: MappedPath): string {
  return isInside(path, destination) ? below(path, destination, source) : path;
}

/**
 * Mounts of running containers in which a path may lie that is not on the host: a manager that
 * runs in a container writes the paths that it sees itself. Longest destination first.
 */
export function mountsAround(path: string, containers: readonly ContainerSummary[]): MappedPath[] {
  return containers
    .filter(isRunning)
    .flatMap(({ name, mounts }) =>
      mounts
        .filter(({ type, source }) => (type === "bind" || type === "volume") && source !== "")
        .filter(({ destination }) => isInside(path, destination))
        .map(({ source, destination }) => ({ container: name, source, destination })),
    )
    .toSorted((a, b) => b.destination.length - a.destination.length);
}

/** Of the mounts that do have the path, those that lead there most exactly. */
export function closest(found: readonly MappedPath[]): MappedPath[] {
  const longest = Math.max(0, ...found.map(({ destination }) => destination.length));
  const nearest = found.filter(({ destination }) => destination.length === longest);
  return [...new Map(nearest.map((mount) => [mount.source, mount])).values()];
}
