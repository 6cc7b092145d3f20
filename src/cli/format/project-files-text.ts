import type { RestoreResult } from "../../domain/results.ts";
import { counted } from "../../domain/text.ts";

type ProjectFiles = NonNullable<RestoreResult["projectFiles"]>;

const mostNamed = 10;

const heads = {
  kept: "These project files differ from the point and stay; --with-project replaces them:",
  replaced: "These project files differ from the point and are replaced:",
} as const;

/** The first of many names; nothing where there are none. */
function named(head: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const more = names.length - mostNamed;
  const first = names.slice(0, mostNamed).join(", ");
  return [`${head}: ${first}${more > 0 ? ` and ${more} more` : ""}`];
}

/** What a restore does to the project files that are there, before it does. */
export function projectFilesText(files: ProjectFiles | undefined): string[] {
  if (files === undefined) return [];
  const { action, differing, missing, notInPoint = [], notCompared } = files;
  const compared = `${counted(notCompared, "project file is", "project files are")} compared only when restored`;
  return [
    ...(differing.length === 0 ? [] : [heads[action]]),
    ...differing.flatMap(({ path, diff, why }) => diff ?? [`${path} (${why})`]),
    ...named("Missing project files come back", missing),
    ...named("Not in the point, go to the safety copy", notInPoint),
    ...(notCompared === 0 ? [] : [compared]),
  ];
}
