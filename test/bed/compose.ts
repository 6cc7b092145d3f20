import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { EngineAccess } from "./access.ts";
import { callEngine, ofProject } from "./engine-call.ts";
import { dockerConfigDir } from "./paths.ts";
import { type RunOptions, type RunResult, run } from "./run.ts";

export type StackOptions = {
  /** Unique for each call unless given. */
  name?: string;
  /** Path below the project directory → content; `compose.yaml` among them. */
  files: Record<string, string>;
  /** Added to the environment of `docker compose`. */
  env?: Record<string, string>;
  /** Where `root` is made; the temporary directory unless given. */
  under?: string;
};

export type StackContainer = {
  id: string;
  name: string;
  service: string;
  state: string;
  health: string;
  /** 0 while it runs. */
  exitCode: number;
};

/** A Compose project in a directory of its own: `<root>/<name>`, nothing else is in `root`. */
export type Stack = AsyncDisposable & {
  readonly name: string;
  readonly root: string;
  readonly dir: string;
  /** Starts it and waits until every service runs and is healthy. */
  up(...services: string[]): Promise<void>;
  /** Removes containers and networks; `-v` the volumes too. */
  down(...args: string[]): Promise<void>;
  compose(args: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** In the first container of the service. */
  exec(service: string, argv: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** All containers of the project, stopped ones too. */
  ps(): Promise<StackContainer[]>;
  containerIds(): Promise<string[]>;
};

let created = 0;

/** Writes a project. Disposing removes its containers, volumes, networks and directory, whatever became of them. */
export async function createStack(engine: EngineAccess, options: StackOptions): Promise<Stack> {
  const name = options.name ?? `sh${process.pid}x${++created}`;
  const root = await mkdtemp(join(options.under ?? tmpdir(), "stackhold-stacks-"));
  const dir = join(root, name);
  await mkdir(dir, { mode: 0o755 });
  await chmod(root, 0o755); // services that are not root reach their bind mounts through it
  for (const [path, content] of Object.entries(options.files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  }
  const env = { ...engine.env, ...options.env };
  const compose = (args: readonly string[], more: RunOptions = {}) =>
    run([...composeProgram(), "--progress", "plain", "-p", name, ...args], {
      cwd: dir,
      env,
      ...more,
    });
  return {
    name,
    root,
    dir,
    compose,
    up: async (...services) => {
      await compose(["up", "-d", ...services]);
      await awaitHealth(engine, name, services);
    },
    down: async (...args) => void (await compose(["down", "-t", "2", "--remove-orphans", ...args])),
    exec: async (service, argv, more) => {
      const id = await firstOf(engine, name, service);
      return run(["docker", "exec", "-i", id, ...argv], { env, ...more });
    },
    ps: () => containers(engine, name),
    containerIds: async () => (await containers(engine, name)).map(({ id }) => id),
    [Symbol.asyncDispose]: async () => {
      await removeProject(engine, name);
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** The plugin by itself where it is ours: as `docker compose` it is started twice, and docker once. */
function composeProgram(): string[] {
  const plugin = join(dockerConfigDir(), "cli-plugins", "docker-compose");
  return existsSync(plugin) ? [plugin] : ["docker", "compose"];
}

/** Removes what carries the project's label, without asking its files, which a test may have destroyed. */
export async function removeProject(engine: EngineAccess, name: string): Promise<void> {
  const remove = (path: string) => callEngine(engine, "DELETE", path);
  const list = (path: string) => callEngine(engine, "GET", path);
  const containers: { Id: string }[] = await list(`/containers/json?all=1&${ofProject(name)}`);
  await Promise.all(containers.map(({ Id }) => remove(`/containers/${Id}?force=1&v=1`)));
  const { Volumes } = await list(`/volumes?${ofProject(name)}`);
  const volumes: { Name: string }[] = Volumes ?? [];
  const networks: { Id: string }[] = await list(`/networks?${ofProject(name)}`);
  await Promise.all([
    ...volumes.map(({ Name }) => remove(`/volumes/${encodeURIComponent(Name)}?force=1`)),
    ...networks.map(({ Id }) => remove(`/networks/${Id}`)),
  ]);
}

/**
 * Compose's own `--wait` looks twice a second, also where nothing has a health check. What is
 * unhealthy as yet is waited for.
 */
async function awaitHealth(
  engine: EngineAccess,
  name: string,
  services: readonly string[],
): Promise<void> {
  for (;;) {
    const all = await containers(engine, name);
    const asked = all.filter(({ service }) => services.length === 0 || services.includes(service));
    const failed = asked.find(({ exitCode }) => exitCode !== 0);
    if (failed !== undefined) throw new Error(`${failed.name} is ${failed.state}`);
    const awaited = asked.filter(({ state, health }) => state === "running" && health !== "");
    if (awaited.every(({ health }) => health === "healthy")) return;
    await delay(50);
  }
}

async function firstOf(engine: EngineAccess, name: string, service: string): Promise<string> {
  const query = ofProject(
    name,
    `com.docker.compose.service=${service}`,
    "com.docker.compose.oneoff=False",
  );
  const listed: Listed[] = await callEngine(engine, "GET", `/containers/json?${query}`);
  const number = ({ Labels }: Listed) => Number(Labels["com.docker.compose.container-number"]);
  const [first] = listed.sort((one, other) => number(one) - number(other));
  if (first === undefined) throw new Error(`no container of ${service} of ${name} is running`);
  return first.Id;
}

type Listed = { Id: string; Labels: Record<string, string> };

async function containers(engine: EngineAccess, name: string): Promise<StackContainer[]> {
  const query = `all=1&${ofProject(name)}`;
  const listed: { Id: string }[] = await callEngine(engine, "GET", `/containers/json?${query}`);
  const all = await Promise.all(
    listed.map(
      ({ Id }): Promise<Inspected | undefined> =>
        callEngine(engine, "GET", `/containers/${Id}/json`),
    ),
  );
  const there = all.filter((each) => each !== undefined);
  return there.map(({ Id, Name, Config, State }) => ({
    id: Id,
    name: Name.replace(/^\//, ""),
    service: Config.Labels["com.docker.compose.service"] ?? "",
    state: State.Status,
    health: State.Health?.Status ?? "",
    exitCode: State.ExitCode,
  }));
}

/** The part of `docker inspect` that we read. */
type Inspected = {
  Id: string;
  Name: string;
  Config: { Labels: Record<string, string> };
  State: { Status: string; ExitCode: number; Health?: { Status: string } };
};
