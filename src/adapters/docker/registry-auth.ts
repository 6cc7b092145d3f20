import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Runner } from "../../exec/runner.ts";
import { dockerConfigDir } from "./contexts.ts";
import type { EngineEnvironment } from "./endpoint.ts";
import type { RegistryAuth } from "./pull.ts";

const configSchema = z.looseObject({
  auths: z.record(z.string(), z.looseObject({ auth: z.string().optional() })).optional(),
  credsStore: z.string().optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
});

const helperSchema = z.looseObject({ Username: z.string(), Secret: z.string() });

const dockerHub = "https://index.docker.io/v1/";

/**
 * What `docker login` stored, in the file itself or with a credential helper. Anything amiss means
 * no credentials: the registry then says what it wants.
 */
export function dockerConfigAuth(
  environment: EngineEnvironment,
  runner: Pick<Runner, "run">,
): RegistryAuth {
  return async (reference) => {
    const server = registryOf(reference);
    const config = await readConfig(join(dockerConfigDir(environment), "config.json"));
    const helper = config?.credHelpers?.[server] ?? config?.credsStore;
    const login =
      helper === undefined
        ? decode(config?.auths?.[server]?.auth)
        : await askHelper(helper, server, runner);
    if (login === undefined) return undefined;
    const [username, password] = login;
    return encode(JSON.stringify({ username, password, serveraddress: server }));
  };
}

/** The first part of a name is a registry when it looks like a host: distribution/reference. */
function registryOf(reference: string): string {
  const [first = "", ...rest] = reference.split("/");
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  return isHost && first !== "docker.io" ? first : dockerHub;
}

type Login = readonly [username: string, password: string];

function decode(auth: string | undefined): Login | undefined {
  const text = Buffer.from(auth ?? "", "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 0 ? undefined : [text.slice(0, colon), text.slice(colon + 1)];
}

/** base64url with its padding: without it the engine takes the header for none. */
function encode(text: string): string {
  return Buffer.from(text).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

async function askHelper(
  helper: string,
  server: string,
  runner: Pick<Runner, "run">,
): Promise<Login | undefined> {
  try {
    const command = { program: `docker-credential-${helper}`, args: ["get"] };
    const options = { stdin: server, stdout: "capture", timeoutMs: 30_000 } as const;
    const { stdout } = await runner.run(command, options);
    const { Username, Secret } = helperSchema.parse(JSON.parse(stdout.toString("utf8")));
    return [Username, Secret];
  } catch {
    return undefined;
  }
}

async function readConfig(file: string): Promise<z.infer<typeof configSchema> | undefined> {
  try {
    return configSchema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return undefined;
  }
}
