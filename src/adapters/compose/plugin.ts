import { open, stat } from "node:fs/promises";
import { z } from "zod";
import type { Runner } from "../../exec/runner.ts";

export interface Plugin {
  /** Absolute. */
  readonly path: string;
  /**
   * A program by itself, so that its file says which one it is. A script starts another, which may be replaced
   * while the script stays the same.
   */
  readonly isBinary: boolean;
}

const pluginsSchema = z.array(
  z.looseObject({
    Name: z.string().optional(),
    Path: z.string().startsWith("/").optional(),
    Err: z.unknown().optional(),
  }),
);

/**
 * For what can be said without the engine: docker and Compose ask it what it is before they look at anything else,
 * and that starts three programs each time.
 */
export const noEngine = { DOCKER_HOST: "unix:///dev/null" };

const question = ["info", "--format", "{{json .ClientInfo.Plugins}}"];
const limitMs = 10_000;

/**
 * The program that `docker compose` starts, as docker says itself, asked once. Undefined where it does not say:
 * `docker` may be another program's wrapper.
 */
export function pluginFinder(runner: Pick<Runner, "run">): () => Promise<Plugin | undefined> {
  let found: Promise<Plugin | undefined> | undefined;
  const find = async () => {
    const command = { program: "docker", args: question };
    const within = { environment: noEngine, engine: true, timeoutMs: limitMs };
    // Older ones fail without an engine, and say this all the same.
    const { stdout } = await runner.run(command, { ...within, stdout: "capture" });
    const plugins = pluginsSchema.parse(JSON.parse(stdout.toString("utf8")));
    const path = plugins.find(({ Name, Err }) => Name === "compose" && Err === undefined)?.Path;
    return path === undefined ? undefined : { path, isBinary: await isBinary(path) };
  };
  return () => {
    found ??= find().catch(() => undefined);
    return found;
  };
}

const elf = Buffer.from("\x7fELF", "latin1");

async function isBinary(path: string): Promise<boolean> {
  await using file = await open(path, "r");
  const { buffer } = await file.read(Buffer.alloc(elf.length), 0, elf.length, 0);
  return buffer.equals(elf);
}

/** Another one after every change of the program; undefined where it is gone. */
export async function identify(path: string): Promise<string | undefined> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [path, dev, ino, size, mtimeNs, ctimeNs].join(" ");
  } catch {
    return undefined;
  }
}
