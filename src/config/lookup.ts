import { join, resolve } from "node:path";
import { reasonOf, StackholdError } from "../errors.ts";
import type { Environment } from "./environment.ts";
import type { ConfigFile, ConfigFiles } from "./files.ts";

export interface Lookup {
  /** `--config`. */
  readonly path?: string;
  readonly env: Environment;
  readonly home: string;
}

/** Where a configuration is looked for when nobody names one, in this order. */
function usualPlaces(home: string): string[] {
  return ["/etc/stackhold/config.yaml", join(home, ".config/stackhold/config.yaml")];
}

async function read(files: ConfigFiles, path: string): Promise<ConfigFile | undefined> {
  try {
    return await files.read(path);
  } catch (cause) {
    const why = reasonOf(cause);
    throw new StackholdError("CONFIG_UNREADABLE", `cannot read the configuration ${path}: ${why}`, {
      hint: "run as a user who may read it, or name another file with --config",
      cause,
    });
  }
}

/** The file that is used; undefined: none, the defaults hold. A named file has to be there. */
export async function findConfigFile(
  { path, env, home }: Lookup,
  files: ConfigFiles,
): Promise<(ConfigFile & { readonly path: string }) | undefined> {
  const named = path ?? (env.STACKHOLD_CONFIG || undefined);
  const places = named === undefined ? usualPlaces(home) : [resolve(named)];
  for (const place of places) {
    const found = await read(files, place);
    if (found !== undefined) return { ...found, path: place };
  }
  if (named === undefined) return undefined;
  throw new StackholdError("CONFIG_UNREADABLE", `there is no configuration file ${places[0]}`, {
    hint: path === undefined ? "STACKHOLD_CONFIG names it" : "--config names it",
  });
}
