import { join } from "node:path";
import { isBackupId } from "../../domain/backup-id.ts";
import { replacedText } from "../../domain/repository-text.ts";
import { newestFirst } from "../../domain/select-point.ts";
import { StackholdError } from "../../errors.ts";
import type { Capture } from "../../ports/capture.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Opened, Repository } from "../../ports/repository.ts";
import { type Besides, createKopiaClient } from "./client.ts";
import { besideOwn } from "./kopi-docka/beside-own.ts";
import { kopiDockaPoints } from "./kopi-docka/points.ts";
import { createKopiaPlace } from "./place.ts";
import { createCatalogue, isComplete } from "./points/catalogue.ts";
import { imagesOf } from "./points/images.ts";
import { listPoints } from "./points/list-points.ts";
import { createMemory } from "./points/memory.ts";
import type { PointDeps } from "./points/point-deps.ts";
import { readPoint } from "./points/point-reader.ts";
import { beginPoint } from "./points/point-writer.ts";
import { recalled } from "./points/recalled.ts";
import { pinPoint, removePoint } from "./points/remove-point.ts";
import { allPolicies } from "./points/source-policy.ts";
import { sweepHost } from "./points/sweep.ts";
import type { KopiaDeps, KopiaSettings } from "./settings.ts";

export interface KopiaRepositoryDeps extends KopiaDeps {
  readonly capture: Capture;
  readonly clock: Clock;
  /** Hears what whoever uses the repository without opening it should know. */
  readonly onWarning: (message: string) => void;
}

/** Points as snapshots of Kopia's, as docs/format.md describes them. */
export function createKopiaRepository(
  settings: KopiaSettings,
  { runner, clock, capture, onWarning }: KopiaRepositoryDeps,
): Repository {
  const client = createKopiaClient(settings, { runner, clock });
  const { name, stateDir, parallel } = settings;
  const catalogue = createCatalogue(client);
  const policies = recalled((options) => allPolicies(client, options));
  const deps: PointDeps = {
    ...{ name, client, catalogue, policies, capture, clock },
    memory: createMemory(join(stateDir, "kept")),
    workDir: join(stateDir, "writing"),
    compression: settings.compression,
    flags: parallel === undefined ? [] : [`--parallel=${parallel}`],
  };
  let isTold = false;
  const tell = (opened: Opened): Opened => {
    if (opened === "replaced" && !isTold) onWarning(replacedText(name));
    isTold ||= opened === "replaced";
    return opened;
  };
  const connected = async <T>(work: () => Promise<T>): Promise<T> => {
    tell(await client.connect({ create: false }));
    return work();
  };
  const place = createKopiaPlace(settings, client, { runner, clock, capture });
  /** What a run asks first. */
  const besides: Besides = {
    ask: async (options) => {
      await Promise.allSettled([catalogue.fresh(options), policies.fresh(options)]);
    },
    forget: () => {
      catalogue.forget();
      policies.forget();
    },
  };
  const tools = async () => {
    const kopia = await client.version();
    return { kopia, ...(await capture.toolsBeside()) };
  };
  const kopiDocka = { repository: name, client, capture, runner, stateDir };
  const both = besideOwn(kopiDocka);
  return {
    ...place,
    tools,
    open: async () => {
      const ready = tools();
      ready.catch(() => undefined); // told by whoever connects
      besides.forget();
      const opened = await place.open({ ready, beside: besides });
      await ready;
      return opened;
    },
    examine: async () => {
      await tools();
      return tell(await place.examine());
    },
    estimate: async (tree, measure, activity) => {
      const how = { compression: "zstd", level: 1 } as const;
      const { bytes, storedBytes } = await capture.sample(tree, measure, how, activity);
      const share = bytes === 0 ? assumedShare : storedBytes / bytes;
      const content = (measure.allocatedBytes ?? measure.bytes) * share;
      return { storedBytes: Math.round(content + measure.files * entryBytes), sampledBytes: bytes };
    },
    sweep: (host, glance = {}) => connected(() => sweepHost(host, glance, deps)),
    begin: async (ref, glance = {}) => {
      if (!isBackupId(ref.backupId)) {
        throw new StackholdError("INTERNAL", `"${ref.backupId}" is not a backup id`);
      }
      return connected(() => beginPoint(ref, glance, deps));
    },
    list: (filter, { recent } = {}) =>
      connected(async () => {
        const all = await (recent ? catalogue.recent() : catalogue.fresh());
        const others = await kopiDockaPoints(all.filter(isComplete), filter, kopiDocka);
        return [...listPoints(name, all, filter), ...others].sort(newestFirst);
      }),
    read: async (ref) => {
      await tools();
      return connected(() => both.read(ref, () => readPoint(ref, deps)));
    },
    savedImages: (of) =>
      connected(async () => {
        const found = imagesOf(await catalogue.fresh(), of);
        return new Set(found.map(({ saved }) => saved.id));
      }),
    remove: (ref) => connected(() => both.change(ref, () => removePoint(ref, deps))),
    pin: (ref, pinned) => connected(() => both.change(ref, () => pinPoint(ref, pinned, deps))),
  };
}

/** Where nothing of the content can be read. */
const assumedShare = 0.5;
/** Of its directory, compressed, and of what stands beside the tree. */
const entryBytes = 200;
