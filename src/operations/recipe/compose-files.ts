import { filePlace } from "../../domain/recipe/file-place.ts";
import type { Findings, GatheredFile } from "../../domain/recipe/gathered.ts";
import { redactFile } from "../../domain/recipe/redact-file.ts";
import type { Exclusion } from "../../domain/sources/candidates.ts";
import type { Unit } from "../../domain/unit.ts";
import type { Followed } from "./follow-files.ts";

function stored(
  { files }: Followed,
  workingDir: string,
  secrets: "keep" | "redact",
): { readonly files: GatheredFile[]; readonly excluded: Exclusion[] } {
  const kept: GatheredFile[] = [];
  const excluded: Exclusion[] = [];
  for (const [path, { role, bytes }] of files) {
    const content =
      secrets === "keep" ? bytes : redactFile(Buffer.from(bytes).toString("utf8"), role);
    if (content === undefined) excluded.push({ what: `file:${path}`, rule: "secrets: redact" });
    else kept.push({ path: filePlace(path, workingDir), content });
  }
  return { files: kept, excluded };
}

/**
 * The files that make the stack, at their places in the recipe, and `files.json`, which says where
 * each of them lies on the host. What is missing or cannot be read is a gap.
 */
export function composeFiles(
  unit: Unit,
  workingDir: string,
  secrets: "keep" | "redact",
  found: Followed,
): Findings {
  const { project, seenAs } = unit;
  const { files, excluded } = stored(found, workingDir, secrets);
  const places = new Set(files.map(({ path }) => path));
  const document = {
    format: 1,
    project,
    workingDir,
    ...(seenAs === undefined ? {} : { seenAs }),
    composeFiles: [...unit.composeFiles],
    environmentFiles: [...unit.environmentFiles],
    files: [...found.files].map(([path, { role }]) => {
      const place = filePlace(path, workingDir);
      return { path, role, place: places.has(place) ? place : null };
    }),
    builds: found.builds.map((build) => ({ ...build })),
    remote: [...found.remote],
  };
  return {
    files,
    excluded,
    gaps: [...found.gaps.values()],
    documents: [{ path: "files.json", document, form: "json" }],
  };
}
