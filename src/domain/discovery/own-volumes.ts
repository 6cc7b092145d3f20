import type { ContainerSummary, Unit, Volume } from "../unit.ts";

/** Volumes that Compose made for a stack, and those that its containers mount. */
export function ownVolumes(
  { kind, project }: Pick<Unit, "kind" | "project">,
  containers: readonly Pick<ContainerSummary, "mounts">[],
  volumes: readonly Volume[],
): Volume[] {
  return volumes.filter(
    ({ name, labels }) =>
      (kind === "stack" && labels["com.docker.compose.project"] === project) ||
      containers.some(({ mounts }) => mounts.some((mount) => mount.volume === name)),
  );
}
