import { readFile } from "node:fs/promises";
import { StackholdError } from "../../errors.ts";
import type {
  Administration,
  MaintenancePlan,
  RepositoryDetails,
} from "../../ports/administration.ts";
import {
  localConfigSchema,
  maintenanceSchema,
  type RepositoryStatus,
  readJson,
  statusSchema,
  throttleSchema,
} from "./answers.ts";
import { ownPlace } from "./call.ts";
import { changePassword } from "./change-password.ts";
import type { KopiaClient } from "./client.ts";
import type { KopiaDeps, KopiaSettings } from "./settings.ts";
import { forgetUpkeep, isUpkeepEarly, postponeUpkeep } from "./upkeep-due.ts";

export function createKopiaAdministration(
  settings: KopiaSettings,
  client: KopiaClient,
  deps: KopiaDeps,
): Administration {
  const connect = async (signal?: AbortSignal) => {
    await client.connect({ create: false, ...given(signal) });
  };
  return {
    connect,
    details: async (signal) => {
      await connect(signal);
      return readDetails(settings, client, given(signal));
    },
    maintain: async (options, signal) => {
      await connect(signal);
      return maintain(settings, client, options, given(signal));
    },
    upkeep: async (signal) => {
      await connect(signal);
      if (await isUpkeepEarly(settings, deps.clock)) return undefined;
      return upkeep(settings, client, deps, given(signal));
    },
    changePassword: async (password) => {
      await connect();
      return changePassword(settings, deps, password);
    },
    disconnect: () => client.disconnect(),
  };
}

const given = (signal?: AbortSignal) => (signal === undefined ? {} : { signal });

type Asking = { readonly signal?: AbortSignal };

async function readDetails(
  settings: KopiaSettings,
  client: KopiaClient,
  asking: Asking,
): Promise<RepositoryDetails> {
  const [status, throttle, plan, cache] = await Promise.all([
    askStatus(client, asking),
    client.ask(throttleSchema, ["repository", "throttle", "get", "--json"], asking),
    askPlan(client, asking),
    readCache(settings),
  ]);
  const { maxUploadSpeedBytesPerSecond: up, maxDownloadSpeedBytesPerSecond: down } = throttle;
  return {
    storage: status.storage.type,
    uniqueId: status.uniqueIDHex,
    formatVersion: status.contentFormat.version,
    hash: status.contentFormat.hash,
    encryption: status.contentFormat.encryption,
    compression: settings.compression,
    ...(up ? { uploadLimit: up } : {}),
    ...(down ? { downloadLimit: down } : {}),
    cache,
    maintenance: planOf(plan, status),
  };
}

const askStatus = (client: KopiaClient, asking: Asking) =>
  client.ask(statusSchema, ["repository", "status", "--json"], asking);
const askPlan = (client: KopiaClient, asking: Asking) =>
  client.ask(maintenanceSchema, ["maintenance", "info", "--json"], asking);

type Plan = Awaited<ReturnType<typeof askPlan>>;

function planOf({ owner, schedule }: Plan, status: RepositoryStatus): MaintenancePlan {
  const { nextFullMaintenance, nextQuickMaintenance } = schedule;
  const quick = known(nextQuickMaintenance);
  const full = known(nextFullMaintenance);
  return {
    owner,
    isOurs: owner === ourName(status),
    ...(quick === undefined ? {} : { nextQuickAt: quick }),
    ...(full === undefined ? {} : { nextFullAt: full }),
  };
}

/** Kopia's zero is in year 1. */
function known(time: string | undefined): string | undefined {
  if (time === undefined || time.startsWith("0001-")) return undefined;
  return new Date(time).toISOString();
}

function ourName({ clientOptions }: RepositoryStatus): string {
  return `${clientOptions.username}@${clientOptions.hostname}`;
}

async function maintain(
  settings: KopiaSettings,
  client: KopiaClient,
  { full, takeOver }: { readonly full: boolean; readonly takeOver: boolean },
  asking: Asking,
): Promise<MaintenancePlan> {
  const status = await askStatus(client, asking);
  const { owner } = await askPlan(client, asking);
  const us = ourName(status);
  if (owner !== us) {
    if (!takeOver) throw elsewhere(settings.name, owner);
    await client.run(["maintenance", "set", `--owner=${us}`], asking);
  }
  await forgetUpkeep(settings);
  await client.run(["maintenance", "run", full ? "--full" : "--no-full"], asking);
  return planOf(await askPlan(client, asking), status);
}

/** Was never done, and is due. */
const never = new Date(0).toISOString();

/** Kopia would do so itself after one of its calls, whichever that is: here it is asked for when nobody waits. */
async function upkeep(
  settings: KopiaSettings,
  client: KopiaClient,
  { clock }: KopiaDeps,
  asking: Asking,
): Promise<"quick" | "full" | undefined> {
  const [status, { owner, schedule }] = await Promise.all([
    askStatus(client, asking),
    askPlan(client, asking),
  ]);
  if (owner !== ourName(status)) {
    await postponeUpkeep(settings, clock);
    return undefined;
  }
  const now = clock.now().getTime();
  const full = Date.parse(known(schedule.nextFullMaintenance) ?? never);
  const quick = Date.parse(known(schedule.nextQuickMaintenance) ?? never);
  if (now < full && now < quick) {
    await postponeUpkeep(settings, clock, Math.min(full, quick));
    return undefined;
  }
  const isFull = full <= now;
  await client.run(["maintenance", "run", isFull ? "--full" : "--no-full"], asking);
  await postponeUpkeep(settings, clock);
  return isFull ? "full" : "quick";
}

/** Two that maintain one repository at the same time would damage it. */
function elsewhere(name: string, owner: string): StackholdError {
  return new StackholdError("USAGE", `repository ${name}: ${owner} maintains it`, {
    hint: "run it there; if that host is gone for good, add --take-over",
  });
}

async function readCache(settings: KopiaSettings): Promise<RepositoryDetails["cache"]> {
  const text = await readFile(ownPlace(settings).configFile);
  const { caching } = readJson(localConfigSchema, text, "kopia's configuration");
  const { maxCacheSize = 0, maxMetadataCacheSize = 0 } = caching;
  return { directory: settings.cacheDir, maxBytes: maxCacheSize + maxMetadataCacheSize };
}
