import type { ComposeProject } from "../../ports/composer.ts";

/**
 * The beginning of every call about a project. `*` names every profile: without it Compose knows
 * nothing of services behind one, neither to remove them nor as dependencies.
 */
export function projectArguments(
  project: ComposeProject,
  profiles: readonly string[] = ["*"],
): string[] {
  return [
    ...filesArguments(project, project.files),
    ...project.environmentFiles.flatMap((file) => ["--env-file", file]),
    ...profiles.flatMap((profile) => ["--profile", profile]),
  ];
}

/** The same for a configuration that comes by standard input, its variables filled in already. */
export function givenArguments(project: ComposeProject): string[] {
  return [...filesArguments(project, ["-"]), "--env-file", "/dev/null", "--profile", "*"];
}

function filesArguments(project: ComposeProject, files: readonly string[]): string[] {
  return [
    "compose",
    ...["--ansi", "never"],
    ...["--project-name", project.project],
    ...["--project-directory", project.workingDir],
    ...files.flatMap((file) => ["--file", file]),
  ];
}
