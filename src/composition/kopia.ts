import { join } from "node:path";
import type { KopiaSettings } from "../adapters/kopia/settings.ts";
import type { KopiaConfig } from "../config/schema/repositories.ts";
import { StackholdError } from "../errors.ts";

/** What a Kopia repository is made from. */
export function kopiaSettings(
  name: string,
  config: KopiaConfig,
  { stateDir, home }: { readonly stateDir: string; readonly home: string },
): KopiaSettings {
  const { storage, password, password_file, compression, encryption, cache, parallel } = config;
  if (password === undefined) {
    // The schema asks for it.
    throw new StackholdError("INTERNAL", `repository ${name} has no password`);
  }
  const own = join(stateDir, "kopia", name);
  const { upload_bytes_per_second: upload, download_bytes_per_second: download } = config;
  return {
    name,
    storage,
    password,
    ...(password_file === undefined ? {} : { passwordFile: password_file }),
    compression,
    encryption,
    stateDir: own,
    cacheDir: cache?.dir === undefined ? join(own, "cache") : join(cache.dir, `kopia-${name}`),
    ...(cache?.max_bytes === undefined ? {} : { cacheBytes: cache.max_bytes }),
    ...(upload === undefined ? {} : { uploadLimit: upload }),
    ...(download === undefined ? {} : { downloadLimit: download }),
    ...(parallel === undefined ? {} : { parallel }),
    home,
  };
}
