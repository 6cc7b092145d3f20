import { join } from "node:path";
import { createKopiaClient } from "../adapters/kopia/client.ts";
import { createKopiaPlace } from "../adapters/kopia/place.ts";
import type { KopiaSettings } from "../adapters/kopia/settings.ts";
import type { KopiaConfig } from "../config/schema/repositories.ts";
import { StackholdError } from "../errors.ts";
import type { Runner } from "../exec/runner.ts";
import type { Capture } from "../ports/capture.ts";
import type { Clock } from "../ports/clock.ts";
import type { Repository } from "../ports/repository.ts";

export interface KopiaDeps {
  readonly runner: Runner;
  readonly clock: Clock;
  readonly capture: Capture;
}

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

/** Made, looked at and maintained; points are refused with NOT_AVAILABLE before anything is stopped. */
export function kopiaRepository(settings: KopiaSettings, deps: KopiaDeps): Repository {
  const client = createKopiaClient(settings, deps);
  const absent = async (): Promise<never> => {
    const message = `repository ${settings.name}: points in Kopia are not available in this version`;
    throw new StackholdError("NOT_AVAILABLE", message);
  };
  return {
    ...createKopiaPlace(settings, client, deps),
    estimate: absent,
    sweep: absent,
    begin: absent,
    list: absent,
    read: absent,
    savedImages: absent,
    remove: absent,
    pin: absent,
  };
}
