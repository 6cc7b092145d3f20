import type { Runner } from "../../exec/runner.ts";
import type { ComposeProject, Composer, ComposeService } from "../../ports/composer.ts";
import { givenArguments, projectArguments } from "./arguments.ts";
import { neededProfiles } from "./needed-profiles.ts";
import {
  dockerRunner,
  limitsMs,
  type RunDocker,
  requirePlugin,
  unsetVariables,
  versionArgs,
} from "./run-compose.ts";

export interface DockerComposerOptions {
  readonly runner: Pick<Runner, "run">;
  /** What makes the docker program reach the engine that everything else uses. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Compose as the docker program's plugin. */
export function dockerComposer({ runner, environment }: DockerComposerOptions): Composer {
  const docker = dockerRunner(runner, environment);
  return {
    version() {
      const timeoutMs = limitsMs.answer;
      const options = { environment, engine: true, stdout: "capture", timeoutMs } as const;
      return requirePlugin(() => runner.run({ program: "docker", args: versionArgs }, options));
    },
    async down(project, timeoutSeconds) {
      const timeout =
        timeoutSeconds === undefined ? [] : ["--timeout", String(Math.ceil(timeoutSeconds))];
      const args = [...projectArguments(project), "down", ...timeout];
      const limitMs = limitsMs.change + 1000 * (timeoutSeconds ?? 0);
      await docker(args, `taking ${project.project} down`, { limitMs });
    },
    create: (project, services) => createMissing(project, services, docker),
    config: (project) =>
      docker([...projectArguments(project), "config"], `reading the files of ${project.project}`),
    async resolve(project) {
      const args = [...projectArguments(project), "config", "--format", "json"];
      let stderr = "";
      const json = await docker(args, `reading the files of ${project.project}`, {
        onStderr: (text) => {
          stderr = text;
        },
      });
      return { json, unset: unsetVariables(stderr) };
    },
    async hashes(project, configuration) {
      const args = [...givenArguments(project), "config", "--hash", "*"];
      const doing = `hashing the services of ${project.project}`;
      const printed = await docker(args, doing, { stdin: configuration });
      const lines = printed.split("\n").map((line) => line.trim().split(" "));
      return new Map(lines.flatMap(([name, hash]) => (name && hash ? [[name, hash]] : [])));
    },
  };
}

/**
 * Only services that lack containers are named: Compose removes what is above a scale, and creates
 * what it is not told to leave. `up --no-start` has the `--no-deps` that `create` lacks.
 */
async function createMissing(
  project: ComposeProject,
  services: readonly ComposeService[],
  docker: RunDocker,
): Promise<void> {
  const existing = await countContainers(project.project, docker);
  const short = services.filter(({ name, replicas }) => (existing.get(name) ?? 0) < replicas);
  if (short.length === 0) return;
  const names = short.map(({ name }) => name);
  const reading = [...projectArguments(project), "config", "--format", "json"];
  const configuration = await docker(reading, `reading the files of ${project.project}`);
  const args = [
    ...projectArguments(project, neededProfiles(configuration, names)),
    ...["up", "--no-start", "--no-deps", "--no-recreate"],
    ...short.flatMap(({ name, replicas }) => ["--scale", `${name}=${replicas}`]),
    ...["--", ...names],
  ];
  const limitMs = limitsMs.change;
  await docker(args, `creating the containers of ${project.project}`, { limitMs });
}

/** What `docker compose run` made does not count. */
async function countContainers(project: string, docker: RunDocker): Promise<Map<string, number>> {
  const label = (name: string) => `com.docker.compose.${name}`;
  const filters = [`${label("project")}=${project}`, `${label("oneoff")}=False`];
  const format = `{{.Label "${label("service")}"}}`;
  const args = ["ps", "--all", ...filters.flatMap((f) => ["--filter", `label=${f}`])];
  const listed = await docker(
    [...args, "--format", format],
    `listing the containers of ${project}`,
  );
  const counts = new Map<string, number>();
  for (const service of listed.split("\n").filter((line) => line !== "")) {
    counts.set(service, (counts.get(service) ?? 0) + 1);
  }
  return counts;
}
