import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe } from "vitest";
import { createKopiaClient, type KopiaClient } from "../../src/adapters/kopia/client.ts";
import type { KopiaDeps, KopiaSettings, KopiaStorage } from "../../src/adapters/kopia/settings.ts";
import { createSystemClock } from "../../src/adapters/system-clock/system-clock.ts";
import { secretOf } from "../../src/domain/secret.ts";
import { createRunner } from "../../src/exec/runner.ts";
import { installKopia } from "../bed/kopia.ts";
import { searchPath } from "../bed/paths.ts";
import { orSkip } from "../bed/required.ts";
import { testPassword } from "./kopia-settings.ts";

const kopia = await orSkip(["kopia"], installKopia);

/** The program of the bed. */
export const kopiaProgram = kopia ?? "";

/** `describe` for tests that need Kopia; skipped where it cannot be had and STACKHOLD_REQUIRE allows that. */
export const describeWithKopia = describe.skipIf(kopia === undefined);

/** PATH with the bed's Kopia first. */
export function pathWithKopia(): string {
  return [dirname(kopiaProgram), searchPath()].join(":");
}

export function kopiaDeps(environment: Readonly<Record<string, string>> = {}): KopiaDeps {
  const clock = createSystemClock();
  const own = { PATH: pathWithKopia(), HOME: process.env.HOME, ...environment };
  return { clock, runner: createRunner({ environment: own, monotonic: () => clock.monotonic() }) };
}

/** Of one Stackhold, with a state directory of its own. */
export interface KopiaHome extends AsyncDisposable {
  readonly root: string;
  settings(storage: KopiaStorage, more?: Partial<KopiaSettings>): KopiaSettings;
  /** As a new process would. */
  client(storage: KopiaStorage, more?: Partial<KopiaSettings>): KopiaClient;
}

export async function kopiaHome(deps: KopiaDeps = kopiaDeps()): Promise<KopiaHome> {
  const root = await mkdtemp(join(tmpdir(), "stackhold-kopia-"));
  const settings: KopiaHome["settings"] = (storage, more = {}) => ({
    name: "offsite",
    storage,
    password: secretOf(testPassword),
    compression: "zstd-fastest",
    encryption: "AES256-GCM-HMAC-SHA256",
    stateDir: join(root, "state"),
    cacheDir: join(root, "cache"),
    home: root,
    ...more,
  });
  return {
    root,
    settings,
    client: (storage, more) => createKopiaClient(settings(storage, more), deps),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}
