import type { RestoreResult } from "../../domain/results.ts";
import { counted } from "../../domain/text.ts";

type ProjectFiles = NonNullable<RestoreResult["projectFiles"]>;

const mostNamed = 10;

const heads = {
  kept: "These project files differ from the point and stay; --with-project replaces them:",
  replaced: "These project files differ from the point and are replaced:",
} as const;

/** What a restore does to the project files that are there, before it does. */
export function projectFilesText(files: ProjectFiles | undefined): string[] {
  if (files === undefined) return [];
  const { action, differing, missing, notCompared } = files;
  const named = missing.slice(0, mostNamed).join(", ");
  const more = missing.length - mostNamed;
  const compared = `${counted(notCompared, "project file is", "project files are")} compared only when restored`;
  return [
    ...(differing.length === 0 ? [] : [heads[action]]),
    ...differing.flatMap(({ path, diff, why }) => diff ?? [`${path} (${why})`]),
    ...(missing.length === 0
      ? []
      : [`Missing project files come back: ${named}${more > 0 ? ` and ${more} more` : ""}`]),
    ...(notCompared === 0 ? [] : [compared]),
  ];
}
