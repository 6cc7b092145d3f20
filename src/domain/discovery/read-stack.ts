import { compareText } from "../compare-text.ts";
import type { AbsentService } from "../unit.ts";
import type { ComposeText, ServiceText } from "./compose-file.ts";
import { nameOf } from "./host-path.ts";
import { interpolate } from "./interpolate.ts";
import { normaliseProjectName } from "./project-name.ts";

type Variables = Readonly<Record<string, string>>;

/**
 * The project name that Compose would use: COMPOSE_PROJECT_NAME of `.env`, the last `name:` of the
 * files, the directory's name (docs.docker.com/compose/how-tos/project-name).
 */
export function projectName(
  workingDir: string,
  files: readonly ComposeText[],
  variables: Variables,
): string {
  const stated = files.findLast((file) => file.name !== undefined)?.name;
  const candidates = [
    variables.COMPOSE_PROJECT_NAME,
    stated === undefined ? undefined : interpolate(stated, variables),
    nameOf(workingDir),
  ];
  const names = candidates.map((name) => normaliseProjectName(name ?? ""));
  return names.find((name) => name !== "") ?? "stack";
}

/** The services that an `up` would start, override files merged, by name. */
export function activeServices(
  files: readonly ComposeText[],
  variables: Variables,
): AbsentService[] {
  const merged = new Map<string, ServiceText>();
  for (const file of files) {
    for (const [name, service] of file.services) {
      merged.set(name, { ...merged.get(name), ...service });
    }
  }
  const profiles = (variables.COMPOSE_PROFILES ?? "").split(",").map((name) => name.trim());
  return [...merged]
    .filter(([, service]) => isActive(service, profiles))
    .map(([name, { image }]) => ({
      name,
      ...(image === undefined ? {} : { image: interpolate(image, variables) }),
    }))
    .toSorted((a, b) => compareText(a.name, b.name));
}

function isActive(service: ServiceText, profiles: readonly string[]): boolean {
  const own = service.profiles ?? [];
  return own.length === 0 || profiles.includes("*") || own.some((name) => profiles.includes(name));
}
