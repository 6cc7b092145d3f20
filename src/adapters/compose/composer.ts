import { availableParallelism } from "node:os";
import pLimit from "p-limit";
import type { Runner } from "../../exec/runner.ts";
import type { ComposeProject, Composer, ComposeService } from "../../ports/composer.ts";
import { givenArguments, projectArguments } from "./arguments.ts";
import { type Answer, type Ask, askPlugin, type Question } from "./ask.ts";
import { neededProfiles } from "./needed-profiles.ts";
import { pluginFinder } from "./plugin.ts";
import { type Memory, rememberAnswers } from "./remember.ts";
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
  /** Where answers are remembered, if anywhere. */
  readonly memory?: Memory;
}

/** Compose as the docker program's plugin. */
export function dockerComposer(options: DockerComposerOptions): Composer {
  const { runner, environment } = options;
  const docker = dockerRunner(runner, environment);
  const read = reader(options, docker);
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
    async resolve(project, sources) {
      const args = [...projectArguments(project), "config", "--format", "json"];
      const doing = `reading the files of ${project.project}`;
      const { stdout, stderr } = await read({ project, args, sources }, doing);
      return { json: stdout, unset: unsetVariables(stderr) };
    },
    async hashes(project, configuration, sources) {
      const args = [...givenArguments(project), "config", "--hash", "*"];
      const question = { project, args, stdin: configuration, sources };
      const { stdout } = await read(question, `hashing the services of ${project.project}`);
      const lines = stdout.split("\n").map((line) => line.trim().split(" "));
      return new Map(lines.flatMap(([name, hash]) => (name && hash ? [[name, hash]] : [])));
    },
  };
}

/** Without the docker program where that can be; what that says counts where anything fails. */
function reader({ runner, environment, memory }: DockerComposerOptions, docker: RunDocker) {
  const plugin = pluginFinder(runner);
  const direct = askPlugin(runner, environment, plugin);
  // Each takes a core.
  const limit = pLimit(availableParallelism());
  const inTurn: Ask = (question) => limit(() => direct(question));
  const ask = memory === undefined ? inTurn : rememberAnswers(inTurn, plugin, memory);
  return async (question: Question, doing: string): Promise<Answer> =>
    (await ask(question)) ?? (await limit(() => askDocker(docker, question, doing)));
}

async function askDocker(
  docker: RunDocker,
  { args, stdin }: Question,
  doing: string,
): Promise<Answer> {
  let stderr = "";
  const stdout = await docker(args, doing, {
    ...(stdin === undefined ? {} : { stdin }),
    onStderr: (text) => {
      stderr = text;
    },
  });
  return { stdout, stderr };
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
