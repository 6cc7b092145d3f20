import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { StackholdError } from "../../errors.ts";
import type { Endpoint, EngineEnvironment, TlsFiles } from "./endpoint.ts";

const configSchema = z.looseObject({ currentContext: z.string().optional() });

const metaSchema = z.looseObject({
  Endpoints: z.looseObject({
    docker: z.looseObject({ Host: z.string().min(1), SkipTLSVerify: z.boolean().optional() }),
  }),
});

export function dockerConfigDir(environment: EngineEnvironment): string {
  return environment.DOCKER_CONFIG || join(environment.HOME ?? "/root", ".docker");
}

/** The name in the docker program's config.json; undefined where none is chosen. */
export async function currentContext(environment: EngineEnvironment): Promise<string | undefined> {
  const file = join(dockerConfigDir(environment), "config.json");
  const text = await readIfThere(file);
  return text === undefined ? undefined : parsed(file, text, configSchema).currentContext;
}

/** Layout of the store: github.com/docker/cli, cli/context/store. */
export async function readContext(
  name: string,
  environment: EngineEnvironment,
): Promise<Pick<Endpoint, "address" | "tls"> | undefined> {
  const store = join(dockerConfigDir(environment), "contexts");
  const id = createHash("sha256").update(name).digest("hex");
  const file = join(store, "meta", id, "meta.json");
  const text = await readIfThere(file);
  if (text === undefined) return undefined;
  const { Host, SkipTLSVerify } = parsed(file, text, metaSchema).Endpoints.docker;
  const tls = await tlsFiles(join(store, "tls", id, "docker"), SkipTLSVerify !== true);
  return { address: Host, ...(tls === undefined ? {} : { tls }) };
}

async function tlsFiles(directory: string, verify: boolean): Promise<TlsFiles | undefined> {
  const present = async (name: string) => {
    const path = join(directory, `${name}.pem`);
    return (await readIfThere(path)) === undefined ? {} : { [name]: path };
  };
  const files = { ...(await present("ca")), ...(await present("cert")), ...(await present("key")) };
  return Object.keys(files).length === 0 ? undefined : { ...files, verify };
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw unusable(file, thrown);
  }
}

function parsed<T>(file: string, text: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (thrown) {
    throw unusable(file, thrown);
  }
}

function unusable(file: string, cause: unknown): StackholdError {
  return new StackholdError("ENGINE_UNREACHABLE", `${file} cannot be used to find the engine`, {
    hint: "mend the file, or set docker.host in the configuration",
    cause,
  });
}
