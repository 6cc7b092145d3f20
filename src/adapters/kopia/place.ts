import { readdir } from "node:fs/promises";
import type { Capture, Space } from "../../ports/capture.ts";
import type { Opened, Repository } from "../../ports/repository.ts";
import { probeWriting } from "../archive/durable.ts";
import { inRepository } from "../archive/errors.ts";
import { createKopiaAdministration } from "./administration.ts";
import { statusSchema } from "./answers.ts";
import type { ConnectOptions, KopiaClient } from "./client.ts";
import { isAbsent, occupied } from "./failures.ts";
import type { KopiaDeps, KopiaSettings } from "./settings.ts";

/** Of the repository port, what is of the repository as a whole and not of its points. */
export type KopiaPlace = Pick<
  Repository,
  "name" | "kind" | "localPaths" | "examine" | "exists" | "space"
> &
  Required<Pick<Repository, "administration">> & {
    readonly open: (options?: OpenOptions) => Promise<Opened>;
  };

type OpenOptions = Pick<ConnectOptions, "ready" | "beside">;

export interface PlaceDeps extends KopiaDeps {
  readonly capture: Pick<Capture, "space">;
}

export function createKopiaPlace(
  settings: KopiaSettings,
  client: KopiaClient,
  deps: PlaceDeps,
): KopiaPlace {
  const { name, storage, stateDir, cacheDir } = settings;
  const own = [stateDir, cacheDir];
  const find = async (options: OpenOptions = {}): Promise<Opened | undefined> => {
    try {
      return await client.connect({ create: false, ...options });
    } catch (failure) {
      if (!isAbsent(failure)) throw failure;
      return undefined;
    }
  };
  const look = async (options: OpenOptions = {}): Promise<Opened> => {
    const found = await find(options);
    if (found !== undefined) return found;
    if (await hasOtherData(settings)) throw occupied(settings);
    return "made";
  };
  return {
    name,
    kind: "kopia",
    localPaths: storage.type === "filesystem" ? [storage.path, ...own] : own,
    open: async (options) => {
      const found = await look(options);
      if (found === "made") return client.connect({ create: true, ...options });
      await showWritable(settings);
      if (found === "replaced") await client.acceptReplacement();
      return found;
    },
    examine: () => look(),
    exists: async () => (await find()) !== undefined || hasOtherData(settings),
    space: () => spaceOf(settings, client, deps),
    administration: createKopiaAdministration(settings, client, deps),
  };
}

/** Made by mkfs, and by Kopia when it looks for a repository. */
const ofNobody = ["lost+found", ".shards"];

/** Only a directory can be looked into without a repository in it. Kopia would mix its files into it. */
async function hasOtherData({ storage }: KopiaSettings): Promise<boolean> {
  if (storage.type !== "filesystem") return false;
  const names: string[] = await readdir(storage.path).catch(() => []);
  return names.some((name) => !ofNobody.includes(name));
}

/** A directory may have become read-only or full; Kopia has no cheap way to find out elsewhere. */
async function showWritable({ name, storage }: KopiaSettings): Promise<void> {
  if (storage.type !== "filesystem") return;
  const { path } = storage;
  await inRepository({ name, path }, () => probeWriting(path));
}

/** A file server says how much room it has, an object store does not. */
async function spaceOf(
  { name, storage }: KopiaSettings,
  client: KopiaClient,
  { capture }: PlaceDeps,
): Promise<Space | undefined> {
  if (storage.type === "filesystem") return capture.space(storage.path);
  if (storage.type !== "sftp" && storage.type !== "tailscale") return undefined;
  const { volume } = await client.ask(statusSchema, ["repository", "status", "--json"]);
  if (!volume) return undefined;
  const { capacity, available } = volume;
  return {
    totalBytes: capacity,
    usedBytes: capacity - available,
    freeBytes: available,
    fileSystem: `kopia ${name}`,
  };
}
