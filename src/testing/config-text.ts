import type { Environment } from "../config/environment.ts";
import type { ConfigFile, ConfigFiles } from "../config/files.ts";
import { type LoadedConfig, loadConfig } from "../config/load.ts";

export const configPath = "/srv/backup/config.yaml";

type Files = Readonly<Record<string, string | ConfigFile>>;

export function filesInMemory(files: Files): ConfigFiles {
  return {
    async read(path) {
      const file = files[path];
      return typeof file === "string" ? { text: file, mode: 0o600 } : file;
    },
  };
}

/** A configuration from its text, as if it stood in `configPath`. */
export async function loadText(
  text: string,
  env: Environment = {},
  files: Files = {},
): Promise<LoadedConfig> {
  return loadConfig({
    path: configPath,
    env,
    home: "/home/ann",
    files: filesInMemory({ [configPath]: text, ...files }),
  });
}
