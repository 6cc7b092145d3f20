import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type RepositoryStatus, readJson, statusSchema } from "./answers.ts";
import { callKopia, ownPlace, type Place } from "./call.ts";
import type { Besides, ConnectOptions } from "./client.ts";
import { isAbsent, KopiaFailure } from "./failures.ts";
import { isOfProcess, makeOfProcess, sweepOfProcesses } from "./of-process.ts";
import { writePrivately } from "./private-file.ts";
import type { KopiaDeps, KopiaSettings } from "./settings.ts";
import { type StorageCall, storageCall } from "./storage-arguments.ts";
import { forgetUpkeep, postponeUpkeep } from "./upkeep-due.ts";

/** What is remembered of the connection that lies in the place. */
const connectionSchema = z.strictObject({
  /** Of everything that the connection was made from, the password aside. */
  fingerprint: z.string(),
  uniqueId: z.string(),
  /** It took the place of another one, and no run has been told yet. */
  isReplacement: z.boolean().optional(),
});

type Connection = z.output<typeof connectionSchema>;

/** All calls of a connection together; a repository that is away is not waited for any longer. */
const limitMs = 55_000;

export interface Connected {
  /** `replaced`: found, and not the one that was there before; until `acceptReplacement`. */
  readonly outcome: "made" | "found" | "replaced";
  readonly status: RepositoryStatus;
}

/**
 * Connects the place with the repository. A connection that was made from the same settings stays;
 * another is made beside it and takes its place, since Kopia drops the configuration and the cache
 * of a connection that fails. The cache goes when it is of another repository.
 */
export async function connectRepository(
  settings: KopiaSettings,
  deps: KopiaDeps,
  options: ConnectOptions,
): Promise<Connected> {
  const end = deps.clock.monotonic() + limitMs;
  const call: Call = (place, args, environment) =>
    callKopia(settings, deps, place, args, {
      stdout: "capture",
      timeoutMs: Math.max(1, end - deps.clock.monotonic()),
      ...(environment === undefined ? {} : { environment }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    }).catch(unusable);
  await makePrivate(settings.stateDir);
  await sweepOfProcesses(settings.stateDir);
  const storage = await storageCall(settings);
  const fingerprint = fingerprintOf(settings, storage);
  const known = await remembered(settings.stateDir);
  if (known?.fingerprint === fingerprint) {
    const status = await tryKnown(known, () => statusAt(call, ownPlace(settings)), options.beside);
    if (status !== undefined) {
      return { outcome: known.isReplacement === true ? "replaced" : "found", status };
    }
  }
  await options.ready;
  await forgetUpkeep(settings);
  const anew = await connectAnew(settings, call, { storage, fingerprint, known, ...options });
  // Of what was made just now nothing is to be reclaimed.
  if (anew.outcome === "made") await postponeUpkeep(settings, deps.clock);
  return anew;
}

/** Undefined where another repository is in its place, or none. */
async function tryKnown(
  { uniqueId }: Connection,
  ask: () => Promise<RepositoryStatus>,
  beside: Besides | undefined,
): Promise<RepositoryStatus | undefined> {
  const stop = new AbortController();
  const besides = beside?.ask({ signal: stop.signal });
  try {
    const status = await ask().catch(absentIsUndefined);
    if (status?.uniqueIDHex === uniqueId) return status;
    stop.abort();
    return undefined;
  } catch (failure) {
    stop.abort();
    throw failure;
  } finally {
    await besides;
    if (stop.signal.aborted) beside?.forget();
  }
}

/** From now on it is the one that was there before. */
export async function acceptReplacement({ stateDir }: KopiaSettings): Promise<void> {
  const known = await remembered(stateDir);
  if (known === undefined) return;
  const { isReplacement: _, ...connection } = known;
  await remember(stateDir, connection);
}

/** Drops the connection and its cache; false where there was none. Points' own memory stays. */
export async function forgetConnection({ stateDir, cacheDir }: KopiaSettings): Promise<boolean> {
  const names: string[] = await readdir(stateDir).catch(() => []);
  const isOfConnection = (name: string) =>
    name === connectionName || name.startsWith("repository.config") || isOfProcess(name);
  await dropCache(cacheDir);
  await forgetUpkeep({ stateDir });
  for (const name of names.filter(isOfConnection)) {
    await rm(join(stateDir, name), { recursive: true, force: true });
  }
  return names.includes(connectionName);
}

type Call = (
  place: Place,
  args: readonly string[],
  environment?: Readonly<Record<string, string>>,
) => Promise<{ readonly stdout: Buffer }>;

interface Anew {
  readonly storage: StorageCall;
  readonly fingerprint: string;
  readonly known: Connection | undefined;
  readonly create: boolean;
}

async function connectAnew(
  settings: KopiaSettings,
  call: Call,
  { storage, fingerprint, known, create }: Anew,
): Promise<Connected> {
  const attempt = await makeOfProcess(settings.stateDir, "connecting");
  try {
    const beside = {
      configFile: join(attempt, "repository.config"),
      cacheDir: join(attempt, "cache"),
    };
    const outcome = await connectOrCreate(settings, call, beside, storage, create);
    const status = await statusAt(call, beside);
    await rm(connectionFile(settings.stateDir), { force: true });
    if (known?.uniqueId !== status.uniqueIDHex) {
      await dropCache(settings.cacheDir);
    }
    const own = ownPlace(settings);
    await rename(beside.configFile, own.configFile);
    for (const args of tuning(settings)) await call(own, args);
    const connection = { fingerprint, uniqueId: status.uniqueIDHex };
    const isReplacement = outcome === "found" && isReplaced(known, connection);
    await remember(settings.stateDir, { ...connection, ...(isReplacement && { isReplacement }) });
    return { outcome: isReplacement ? "replaced" : outcome, status };
  } finally {
    await rm(attempt, { recursive: true, force: true });
  }
}

/** With other settings another repository is what was wanted. */
function isReplaced(known: Connection | undefined, now: Connection): boolean {
  if (known?.uniqueId === now.uniqueId) return known.isReplacement === true;
  return known?.fingerprint === now.fingerprint;
}

async function connectOrCreate(
  settings: KopiaSettings,
  call: Call,
  place: Place,
  { args, environment }: StorageCall,
  create: boolean,
): Promise<"made" | "found"> {
  // What is cached of the format would be used for a repository that was made anew at the place.
  const flags = [...args, "--disable-repository-format-cache"];
  const connect = () => call(place, ["repository", "connect", ...flags], environment);
  try {
    await connect();
    return "found";
  } catch (failure) {
    if (!create || !isAbsent(failure)) throw failure;
  }
  try {
    const encryption = `--encryption=${settings.encryption}`;
    await call(place, ["repository", "create", ...flags, encryption], environment);
    return "made";
  } catch (failure) {
    // Another run may have made it just now.
    if (!(failure instanceof KopiaFailure) || failure.reason !== "occupied") throw failure;
    return connect().then(
      () => "found",
      (again) => {
        throw isAbsent(again) ? failure : again;
      },
    );
  }
}

async function statusAt(call: Call, place: Place): Promise<RepositoryStatus> {
  const { stdout } = await call(place, ["repository", "status", "--json"]);
  return readJson(statusSchema, stdout, "kopia repository status");
}

/** What Kopia keeps in its configuration file beside the storage. */
function tuning({ cacheDir, cacheBytes, uploadLimit, downloadLimit }: KopiaSettings): string[][] {
  const limits = cacheBytes === undefined ? [] : cacheLimits(cacheBytes);
  const speeds = [
    ...(uploadLimit === undefined ? [] : [`--upload-bytes-per-second=${uploadLimit}`]),
    ...(downloadLimit === undefined ? [] : [`--download-bytes-per-second=${downloadLimit}`]),
  ];
  return [
    ["cache", "set", `--cache-directory=${cacheDir}`, ...limits],
    ...(speeds.length === 0 ? [] : [["repository", "throttle", "set", ...speeds]]),
  ];
}

/** Kopia has two caches: what it reads of files needs little room for backups, its indexes most. */
function cacheLimits(bytes: number): string[] {
  const megabytes = Math.max(2, Math.floor(bytes / 1_000_000));
  const content = Math.floor(megabytes / 2);
  const metadata = megabytes - content;
  return [
    `--content-cache-size-mb=${content}`,
    `--content-cache-size-limit-mb=${content}`,
    `--metadata-cache-size-mb=${metadata}`,
    `--metadata-cache-size-limit-mb=${metadata}`,
  ];
}

function fingerprintOf(settings: KopiaSettings, storage: StorageCall): string {
  const { cacheDir, cacheBytes, uploadLimit, downloadLimit } = settings;
  const all = [storage, cacheDir, cacheBytes, uploadLimit, downloadLimit];
  return createHash("sha256").update(JSON.stringify(all)).digest("hex");
}

const connectionName = "connection.json";

function connectionFile(stateDir: string): string {
  return join(stateDir, connectionName);
}

/** Nothing but what Kopia keeps there, whatever the directory was set to. */
async function dropCache(directory: string): Promise<void> {
  for (const name of cacheEntries)
    await rm(join(directory, name), { recursive: true, force: true });
  await rmdir(directory).catch(() => {});
}

const cacheEntries = [
  "CACHEDIR.TAG",
  "blob-list",
  "contents",
  "index-blobs",
  "indexes",
  "kopia.blobcfg",
  "kopia.repository",
  "metadata",
  "own-writes",
  "server-contents",
];

async function remembered(stateDir: string): Promise<Connection | undefined> {
  try {
    return connectionSchema.parse(JSON.parse(await readFile(connectionFile(stateDir), "utf8")));
  } catch {
    // Not there or not whole: the connection is made anew.
    return undefined;
  }
}

async function remember(stateDir: string, connection: Connection): Promise<void> {
  await writePrivately(connectionFile(stateDir), `${JSON.stringify(connection)}\n`);
}

async function makePrivate(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
}

/** What cannot be connected with cannot be used, whatever Kopia says of it. */
function unusable(failure: unknown): never {
  if (!(failure instanceof KopiaFailure) || failure.code !== "TOOL_FAILED") throw failure;
  const { message, reason, hint = "" } = failure;
  throw new KopiaFailure("REPOSITORY_UNUSABLE", message, reason, hint);
}

function absentIsUndefined(failure: unknown): undefined {
  if (isAbsent(failure)) return undefined;
  throw failure;
}
