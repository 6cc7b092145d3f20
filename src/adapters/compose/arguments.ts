import type { ComposeProject } from "../../ports/composer.ts";

/**
 * The beginning of every call about a project. `*` names every profile: without it Compose knows
 * nothing of services behind one, neither to remove them nor as dependencies.
 */
export function projectArguments(project: ComposeProject): string[] {
  return [
    "compose",
    ...["--ansi", "never"],
    ...["--project-name", project.project],
    ...["--project-directory", project.workingDir],
    ...project.files.flatMap((file) => ["--file", file]),
    ...project.environmentFiles.flatMap((file) => ["--env-file", file]),
    ...["--profile", "*"],
  ];
}
