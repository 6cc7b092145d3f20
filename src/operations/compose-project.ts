import type { Unit } from "../domain/unit.ts";
import type { ComposeProject, ComposeService } from "../ports/composer.ts";

/** How to call Compose for a stack; undefined where nothing says which files it was made of. */
export function composeProject(
  unit: Pick<Unit, "project" | "workingDir" | "composeFiles" | "environmentFiles">,
): ComposeProject | undefined {
  if (unit.workingDir === undefined || unit.composeFiles.length === 0) return undefined;
  return {
    project: unit.project,
    workingDir: unit.workingDir,
    files: unit.composeFiles,
    environmentFiles: unit.environmentFiles,
  };
}

/** How many containers of each service there are, one-off jobs aside: the highest number counts. */
export function composeServices(
  members: readonly {
    readonly service?: string | undefined;
    readonly number: number;
    readonly oneOff: boolean;
  }[],
): ComposeService[] {
  const counts = new Map<string, number>();
  for (const { service, number, oneOff } of members) {
    if (service === undefined || oneOff) continue;
    counts.set(service, Math.max(counts.get(service) ?? 0, number));
  }
  return [...counts].map(([name, replicas]) => ({ name, replicas }));
}
