import type { ContainerSummary, Unit } from "../unit.ts";
import { composeProjectOf } from "./compose-labels.ts";

/** Of all containers those that make up the unit now, whatever it had when it was discovered. */
export function containersOf(
  unit: Pick<Unit, "kind" | "project">,
  all: readonly ContainerSummary[],
): ContainerSummary[] {
  return all.filter((container) => {
    const project = composeProjectOf(container.labels);
    return unit.kind === "stack"
      ? project === unit.project
      : project === undefined && container.name === unit.project;
  });
}
