import { compareText } from "../compare-text.ts";
import { pinsFileName } from "../image-pins.ts";
import { type ContainerSummary, isRunning } from "../unit.ts";
import { type ComposeFacts, composeFacts } from "./compose-labels.ts";
import { nameOf } from "./host-path.ts";

/** A stack as its containers' labels tell of it. */
export interface LabelledStack {
  readonly project: string;
  readonly workingDir?: string;
  readonly composeFiles: readonly string[];
  readonly environmentFiles: readonly string[];
  readonly containers: readonly ContainerSummary[];
}

export interface Grouped {
  readonly stacks: readonly LabelledStack[];
  /** Containers without Compose labels. */
  readonly standalone: readonly ContainerSummary[];
}

interface Labelled {
  readonly container: ContainerSummary;
  readonly facts: ComposeFacts;
}

export function groupContainers(containers: readonly ContainerSummary[]): Grouped {
  const projects = new Map<string, Labelled[]>();
  const standalone: ContainerSummary[] = [];
  for (const container of byName(containers)) {
    const facts = composeFacts(container.labels);
    if (facts === undefined) standalone.push(container);
    else
      projects.set(facts.project, [...(projects.get(facts.project) ?? []), { container, facts }]);
  }
  return { stacks: [...projects].map(([name, found]) => toStack(name, found)), standalone };
}

function toStack(project: string, found: readonly Labelled[]): LabelledStack {
  const from = witness(found);
  return {
    project,
    ...(from?.workingDir === undefined ? {} : { workingDir: from.workingDir }),
    composeFiles: from?.composeFiles ?? [],
    environmentFiles: from?.environmentFiles ?? [],
    containers: found.map(({ container }) => container),
  };
}

/**
 * Labels may differ after the stack was moved or edited: those of what runs as a service count. A file that
 * pins some images says all that the others say.
 */
function witness(found: readonly Labelled[]): ComposeFacts | undefined {
  const worth = ({ container, facts }: Labelled) =>
    (facts.workingDir === undefined ? 0 : 4) +
    (facts.oneOff ? 0 : 2) +
    (isRunning(container) ? 1 : 0) +
    (facts.composeFiles.some((file) => nameOf(file) === pinsFileName) ? 0.5 : 0);
  return found.toSorted((a, b) => worth(b) - worth(a))[0]?.facts;
}

function byName(containers: readonly ContainerSummary[]): ContainerSummary[] {
  return containers.toSorted((a, b) => compareText(a.name, b.name) || compareText(a.id, b.id));
}
