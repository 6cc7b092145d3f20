import { stringify } from "yaml";
import type { ResolvedProject } from "./resolved-project.ts";

/** In values only: Compose fills in no variables in keys. */
function doubled(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll("$", "$$$$");
  if (Array.isArray(value)) return value.map(doubled);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, doubled(inner)]));
}

/** A compose file; quoted so that YAML 1.1 and 1.2 read the same. */
export function projectText(project: ResolvedProject, heading: readonly string[]): string {
  const body = stringify(doubled(project), {
    version: "1.1",
    defaultStringType: "QUOTE_DOUBLE",
    defaultKeyType: "PLAIN",
    lineWidth: 0,
    aliasDuplicateObjects: false,
  });
  return `${heading.map((line) => `# ${line}\n`).join("")}${body}`;
}
