import { homedir } from "node:os";
import { join } from "node:path";
import type { KopiaSettings } from "../adapters/kopia/settings.ts";
import type { Environment } from "../config/environment.ts";
import type { KopiaConfig } from "../config/schema/repositories.ts";
import { secretOf } from "../domain/secret.ts";

/** Of a Kopia repository, from the configuration, with a directory of its own in the state directory. */
export function kopiaSettings(
  name: string,
  config: KopiaConfig,
  { stateDir, env }: { readonly stateDir: string; readonly env: Environment },
): KopiaSettings {
  const { cache, parallel, password_file: passwordFile } = config;
  const [uploadLimit, downloadLimit] = [
    config.upload_bytes_per_second,
    config.download_bytes_per_second,
  ];
  const own = join(stateDir, "kopia", name);
  return {
    name,
    storage: config.storage,
    password: config.password ?? secretOf(""), // the schema wants one
    ...(passwordFile === undefined ? {} : { passwordFile }),
    compression: config.compression,
    encryption: config.encryption,
    cacheDir: cache?.dir === undefined ? join(own, "cache") : join(cache.dir, name),
    ...(cache?.max_bytes === undefined ? {} : { cacheBytes: cache.max_bytes }),
    ...(uploadLimit === undefined ? {} : { uploadLimit }),
    ...(downloadLimit === undefined ? {} : { downloadLimit }),
    ...(parallel === undefined ? {} : { parallel }),
    stateDir: own,
    home: env.HOME ?? homedir(),
  };
}
