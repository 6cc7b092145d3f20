import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { EngineAccess } from "../bed/access.ts";
import { run } from "../bed/run.ts";

/** An engine, and the names that the stacks have there. */
export interface Site {
  readonly engine: EngineAccess;
  /** The directory of all stacks. */
  readonly root: string;
  /** The text with this run's own ports, subnets and paths. */
  readonly words: (text: string) => string;
  /** Of a copy: the project that stands for the original's. */
  readonly nameOf: (project: string) => string;
  docker(...args: string[]): Promise<string>;
  /** `docker compose` in a folder, as somebody would call it there. */
  compose(folder: string, ...args: string[]): Promise<string>;
  /** What a command in the first container of a service prints. */
  exec(project: string, service: string, ...argv: string[]): Promise<string>;
  sh(project: string, service: string, script: string): Promise<string>;
}

export type SiteFacts = Pick<Site, "engine" | "root" | "words" | "nameOf">;

export function siteAt(facts: SiteFacts): Site {
  const { env } = facts.engine;
  const docker = async (...args: string[]) => (await run(["docker", ...args], { env })).stdout;
  const exec: Site["exec"] = async (project, service, ...argv) => {
    const id = await firstOf(docker, facts.nameOf(project), service);
    return (await docker("exec", id, ...argv)).trim();
  };
  return {
    ...facts,
    docker,
    exec,
    compose: async (folder, ...args) => {
      const cwd = join(facts.root, folder);
      return (await run(["docker", "compose", "--progress", "plain", ...args], { env, cwd }))
        .stdout;
    },
    sh: (project, service, script) => exec(project, service, "sh", "-euc", script),
  };
}

/** The filter for what belongs to a project. */
const labelled = (project: string): string[] => [
  "--filter",
  `label=com.docker.compose.project=${project}`,
];

/** Ids of all containers of the engine. */
export const allContainers = async ({ docker }: Site): Promise<readonly string[]> =>
  (await docker("ps", "-aq", "--no-trunc")).split("\n").filter(Boolean);

/** Waits until what runs and has a health check is healthy. */
export async function awaitHealthy(site: Site): Promise<void> {
  const containers = await allContainers(site);
  if (containers.length === 0) return;
  const format = "{{.Name}} {{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{end}}";
  for (;;) {
    const told = await site.docker("inspect", "--format", format, ...containers);
    if (!/ running (starting|unhealthy)$/m.test(told)) return;
    await delay(50);
  }
}

async function firstOf(docker: Site["docker"], project: string, service: string): Promise<string> {
  const filter = [...labelled(project), "--filter", `label=com.docker.compose.service=${service}`];
  const format = '{{.Label "com.docker.compose.container-number"}} {{.ID}}';
  const listed = await docker("ps", "--format", format, ...filter);
  const [first] = listed.split("\n").filter(Boolean).sort();
  if (first === undefined) throw new Error(`no container of ${service} of ${project} is running`);
  return first.split(" ")[1] ?? "";
}
