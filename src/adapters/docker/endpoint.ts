import { access } from "node:fs/promises";
import { join } from "node:path";
import { StackholdError } from "../../errors.ts";
import { currentContext, dockerConfigDir, readContext } from "./contexts.ts";

/** Of these the engine's endpoint is made; values come from the process's environment. */
export type EngineEnvironment = Readonly<Record<string, string | undefined>>;

export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** False: the server's certificate is not checked, as the user asked. */
  readonly verify: boolean;
}

export interface Endpoint {
  /** `unix:///path`, `tcp://host:port`, `ssh://user@host`, … */
  readonly address: string;
  /** Where the address comes from, for messages. */
  readonly origin: string;
  readonly tls?: TlsFiles;
  /** The docker context that it stands for. */
  readonly context?: string;
}

export interface EndpointInput {
  /** `docker.host` of the configuration. */
  readonly host?: string;
  readonly environment: EngineEnvironment;
}

/**
 * The configured host, DOCKER_HOST, the current docker context, then the usual sockets: the order
 * of the docker program itself (docs.docker.com/engine/manage-resources/contexts).
 */
export async function resolveEndpoint({ host, environment }: EndpointInput): Promise<Endpoint> {
  const tls = tlsOf(environment);
  const configured = (address: string, origin: string): Endpoint => ({
    address,
    origin,
    ...(tls === undefined || !address.startsWith("tcp:") ? {} : { tls }),
  });
  if (host) return configured(host, "docker.host");
  if (environment.DOCKER_HOST) return configured(environment.DOCKER_HOST, "DOCKER_HOST");
  const name = environment.DOCKER_CONTEXT || (await currentContext(environment));
  if (name === undefined || name === "default") return usualSocket(environment);
  const context = await readContext(name, environment);
  if (context === undefined) {
    throw new StackholdError("ENGINE_UNREACHABLE", `there is no docker context "${name}"`, {
      hint: "`docker context ls` shows them; or set docker.host in the configuration",
    });
  }
  return { ...context, origin: `docker context ${name}`, context: name };
}

/** What makes the docker program talk to the same engine. */
export function cliEnvironment(endpoint: Endpoint): Record<string, string> {
  if (endpoint.context !== undefined) return { DOCKER_CONTEXT: endpoint.context };
  return { DOCKER_HOST: endpoint.address };
}

/** A rootless engine's socket is in its user's runtime directory. */
async function usualSocket(environment: EngineEnvironment): Promise<Endpoint> {
  const runtime = environment.XDG_RUNTIME_DIR;
  const system = "/var/run/docker.sock";
  const paths = [system, ...(runtime ? [join(runtime, "docker.sock")] : [])];
  for (const path of paths) {
    if (await exists(path)) return { address: `unix://${path}`, origin: "the usual socket" };
  }
  return { address: `unix://${system}`, origin: "the usual socket" };
}

function tlsOf(environment: EngineEnvironment): TlsFiles | undefined {
  const verify = Boolean(environment.DOCKER_TLS_VERIFY);
  const directory = environment.DOCKER_CERT_PATH || (verify ? dockerConfigDir(environment) : "");
  if (directory === "") return undefined;
  const file = (name: string) => join(directory, `${name}.pem`);
  return { ca: file("ca"), cert: file("cert"), key: file("key"), verify };
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
