import { formatPart } from "../part.ts";
import { isInside } from "../refused-paths.ts";
import type { ContainerSummary } from "../unit.ts";
import type { PlannedSource } from "./plan-sources.ts";

type Place = Pick<PlannedSource, "kind" | "source" | "path">;

/**
 * Whether the container may write into the source: it mounts it, or something inside it. Who mounts
 * a directory around it manages stacks, and is not taken for a writer.
 */
export function mayWrite({ mounts }: Pick<ContainerSummary, "mounts">, source: Place): boolean {
  return mounts.some((mount) => {
    if (mount.readOnly || (mount.type !== "bind" && mount.type !== "volume")) return false;
    if (source.kind === "volume" && mount.volume === source.source) return true;
    return mount.source !== "" && isInside(mount.source, source.path);
  });
}

/** Names what keeps writing into a source while its unit is down: running containers of others. */
export function writersOf(source: Place, others: readonly ContainerSummary[]): string[] {
  return others
    .filter((other) => other.state === "running" && mayWrite(other, source))
    .map(({ name }) => name);
}

/** A warning for each source that is written while it is stored. */
export function liveShared(
  sources: readonly PlannedSource[],
  others: readonly ContainerSummary[],
  accepted: readonly string[],
): string[] {
  return sources.flatMap((source) => {
    const part = formatPart(source);
    const writers = writersOf(source, others);
    if (writers.length === 0 || accepted.includes(part)) return [];
    return [`${part} is live-shared: ${writers.join(", ")} may write to it while it is stored`];
  });
}
