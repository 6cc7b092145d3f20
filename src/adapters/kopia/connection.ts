import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type RepositoryStatus, readJson, statusSchema } from "./answers.ts";
import { callKopia, ownPlace, type Place } from "./call.ts";
import { isAbsent, KopiaFailure } from "./failures.ts";
import { isOfProcess, makeOfProcess, sweepOfProcesses } from "./of-process.ts";
import { writePrivately } from "./private-file.ts";
import type { KopiaDeps, KopiaSettings } from "./settings.ts";
import { type StorageCall, storageCall } from "./storage-arguments.ts";

/** What is remembered of the connection that lies in the place. */
const connectionSchema = z.strictObject({
  /** Of everything that the connection was made from, the password aside. */
  fingerprint: z.string(),
  uniqueId: z.string(),
});

type Connection = z.output<typeof connectionSchema>;

/** All calls of a connection together; a repository that is away is not waited for any longer. */
const limitMs = 55_000;

export interface Connected {
  readonly outcome: "made" | "found";
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
  options: { readonly create: boolean; readonly signal?: AbortSignal },
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
    const own = ownPlace(settings);
    const status = await statusAt(call, own).catch(absentIsUndefined);
    if (status?.uniqueIDHex === known.uniqueId) return { outcome: "found", status };
  }
  return connectAnew(settings, call, { storage, fingerprint, known, ...options });
}

/** Drops the connection and its cache; false where there was none. Points' own memory stays. */
export async function forgetConnection({ stateDir, cacheDir }: KopiaSettings): Promise<boolean> {
  const names: string[] = await readdir(stateDir).catch(() => []);
  const isOfConnection = (name: string) =>
    name === connectionName || name.startsWith("repository.config") || isOfProcess(name);
  await dropCache(cacheDir);
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
    const connection: Connection = { fingerprint, uniqueId: status.uniqueIDHex };
    await writePrivately(connectionFile(settings.stateDir), `${JSON.stringify(connection)}\n`);
    return { outcome, status };
  } finally {
    await rm(attempt, { recursive: true, force: true });
  }
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
