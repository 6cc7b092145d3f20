import { compareText } from "../compare-text.ts";
import type { AbsentService, ContainerSummary, Unit } from "../unit.ts";
import { composeFacts } from "./compose-labels.ts";
import type { DirectoryStack, ResolvedStack } from "./directory-stack.ts";

export interface Findings {
  readonly stacks: readonly ResolvedStack[];
  /** Only those that no container's labels lead to. */
  readonly directories: readonly DirectoryStack[];
  readonly standalone: readonly ContainerSummary[];
}

export interface Discovery {
  /** By name; names are unique. */
  readonly units: readonly Unit[];
  readonly warnings: readonly string[];
}

/** One unit for each stack and each standalone container. */
export function joinUnits({ stacks, directories, standalone }: Findings): Discovery {
  const units = new Map<string, Unit>();
  const warnings: string[] = [];
  const byProject = Map.groupBy(directories, (found) => found.project);
  for (const stack of stacks) units.set(stack.project, fromLabels(stack));
  for (const [project, [first, ...others]] of byProject) {
    const stack = stacks.find((known) => known.project === project);
    if (first === undefined) continue;
    const taken = adopt(stack, first);
    units.set(project, taken);
    const ignored = taken.workingDir === first.workingDir ? others : [first, ...others];
    warnings.push(...ignored.map((found) => sameName(found, taken)));
  }
  for (const container of standalone) {
    const name = units.has(container.name) ? `container:${container.name}` : container.name;
    units.set(name, fromContainer(name, container));
  }
  return { units: [...units.values()].toSorted((a, b) => compareText(a.name, b.name)), warnings };
}

/** The directory of the labels counts while it exists; after a move the one that was found. */
function adopt(stack: ResolvedStack | undefined, found: DirectoryStack): Unit {
  if (stack === undefined) return fromDirectory(found, [], found.services);
  if (stack.directoryExists) return fromLabels(stack);
  return fromDirectory(found, stack.containers, withoutContainer(found.services, stack.containers));
}

function fromLabels(stack: ResolvedStack): Unit {
  return {
    name: stack.project,
    kind: "stack",
    project: stack.project,
    ...(stack.workingDir === undefined ? {} : { workingDir: stack.workingDir }),
    ...(stack.seenAs === undefined ? {} : { seenAs: stack.seenAs }),
    ...(stack.mayBe === undefined ? {} : { mayBe: stack.mayBe }),
    composeFiles: stack.composeFiles,
    environmentFiles: stack.environmentFiles,
    containers: stack.containers,
    absentServices: withoutContainer(stack.services, stack.containers),
  };
}

function fromDirectory(
  { project, workingDir, composeFiles, environmentFiles }: DirectoryStack,
  containers: readonly ContainerSummary[],
  absentServices: readonly AbsentService[],
): Unit {
  const files = { workingDir, composeFiles, environmentFiles };
  return { name: project, kind: "stack", project, ...files, containers, absentServices };
}

function fromContainer(name: string, container: ContainerSummary): Unit {
  return {
    name,
    kind: "standalone",
    project: container.name,
    composeFiles: [],
    environmentFiles: [],
    containers: [container],
    absentServices: [],
  };
}

/** What `docker compose run` made does not stand for its service. */
function withoutContainer(
  services: readonly AbsentService[],
  containers: readonly ContainerSummary[],
): AbsentService[] {
  const facts = containers.map((container) => composeFacts(container.labels));
  const present = new Set(facts.map((fact) => (fact?.oneOff ? undefined : fact?.service)));
  return services.filter(({ name }) => !present.has(name));
}

function sameName(ignored: DirectoryStack, taken: Unit): string {
  return (
    `${ignored.workingDir} is left out: its project name "${ignored.project}" is that of ` +
    `${taken.workingDir ?? "a stack without a directory"}; give it another one with "name:"`
  );
}
