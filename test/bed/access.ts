import { request } from "node:http";
import { dockerConfigDir, findProgram } from "./paths.ts";
import { run } from "./run.ts";

/** What a program needs to talk to an engine. */
export type EngineAccess = {
  dockerHost: string;
  /** The whole environment for `docker` and `docker compose`. */
  env: NodeJS.ProcessEnv;
};

/** Access by address. The user's own context and Compose settings are left out: they would point elsewhere. */
export function accessTo(dockerHost: string): EngineAccess {
  const foreign = dockerHost.startsWith("unix:")
    ? /^(COMPOSE|DOCKER)_/
    : /^COMPOSE_|^DOCKER_CONTEXT$/;
  const own = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  const env = { ...Object.fromEntries(own), DOCKER_HOST: dockerHost };
  return { dockerHost, env: { ...env, DOCKER_CONFIG: dockerConfigDir() } };
}

/** The engine of DOCKER_HOST, else of the usual socket, when it answers. */
export async function findEngine(): Promise<EngineAccess | undefined> {
  if (!findProgram("docker")) return undefined;
  const access = accessTo(process.env.DOCKER_HOST || "unix:///var/run/docker.sock");
  const question = ["docker", "version", "--format", "{{.Server.Version}}"];
  const answer = await run(question, { env: access.env, timeoutMs: 10_000 }).catch(() => undefined);
  return answer?.stdout.trim() ? access : undefined;
}

/** Whether an engine answers on the socket now. */
export function answers(socketPath: string, timeoutMs = 5_000): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request({ socketPath, path: "/_ping", timeout: timeoutMs }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on("timeout", () => call.destroy());
    call.on("error", () => resolve(false));
    call.end();
  });
}
