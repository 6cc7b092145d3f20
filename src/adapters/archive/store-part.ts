import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { ArchiveFile, StoredPart } from "../../domain/manifest.ts";
import { formatPart } from "../../domain/part.ts";
import { StackholdError } from "../../errors.ts";
import type { Activity, ArchiveOutcome, Measure } from "../../ports/capture.ts";
import type { PartSource, PendingPart } from "../../ports/repository.ts";
import { inRepository } from "./errors.ts";
import { type Flushing, type Follower, followHash } from "./hash-follower.ts";
import { archiveFileName } from "./names.ts";
import type { ArchiveDeps, ArchiveSettings } from "./settings.ts";

export interface PartStore {
  store(source: PartSource, activity: Activity): Promise<PendingPart>;
  settled(): readonly StoredPart[];
  /** Ends everything that still reads or writes files of the point. Idempotent. */
  abandon(): Promise<void>;
}

/** An archive whose source is no longer read. */
interface Written {
  readonly outcome: ArchiveOutcome;
  readonly follower: Follower;
}

/** What all parts of a point share while it is written. */
interface Point {
  readonly directory: string;
  readonly settings: ArchiveSettings;
  readonly deps: ArchiveDeps;
  readonly flushing: Flushing;
  readonly ended: AbortController;
  /** How to end what is under way for each file. */
  readonly endings: Set<() => Promise<void>>;
}

export function createPartStore(
  directory: string,
  settings: ArchiveSettings,
  deps: ArchiveDeps,
  flushing: Flushing,
): PartStore {
  const ended = new AbortController();
  const point: Point = { directory, settings, deps, flushing, ended, endings: new Set() };
  const names = new Set<string>();
  const settled: StoredPart[] = [];

  const store = async (source: PartSource, activity: Activity): Promise<PendingPart> => {
    const name = archiveFileName(source, "hot", settings.compression);
    if (ended.signal.aborted || names.has(name)) throw refused(source, ended.signal.aborted);
    names.add(name);
    const written = await write(point, source, name, activity).catch((thrown: unknown) => {
      names.delete(name);
      throw thrown;
    });
    const settling = inRepository(settings, async () => {
      const part = await settle(point, source, name, written);
      settled.push(part);
      return part;
    });
    settling.catch(() => undefined);
    return { unsteady: written.outcome.unsteady, settle: () => settling };
  };

  return {
    store: (source, activity) => inRepository(settings, () => store(source, activity)),
    settled: () => settled,
    abandon: async () => {
      ended.abort();
      await Promise.all([...point.endings].map((end) => end()));
    },
  };
}

async function write(
  { directory, settings, deps, flushing, ended, endings }: Point,
  source: PartSource,
  name: string,
  activity: Activity,
): Promise<Written> {
  const file = join(directory, name);
  const { compression, level } = settings;
  const follower = followHash(file, deps.clock, flushing);
  const signals = [ended.signal, ...(activity.signal === undefined ? [] : [activity.signal])];
  const archiving = deps.capture.archive(
    source.tree,
    { file, compression, level },
    { ...activity, signal: AbortSignal.any(signals) },
  );
  endings.add(async () => {
    await archiving.catch(() => undefined);
    await follower.abandon();
  });
  try {
    return { outcome: await archiving, follower };
  } catch (thrown) {
    await follower.abandon();
    await rm(file, { force: true });
    throw thrown;
  }
}

/** A listing of a tree in motion may miss what tar has met: then the archive itself is counted. */
async function settle(
  { directory, settings, deps, ended }: Point,
  source: PartSource,
  name: string,
  { outcome, follower }: Written,
): Promise<StoredPart> {
  const hashed = await follower.finish();
  const { signal } = ended;
  const isExact = outcome.unsteady.length === 0;
  const measure = isExact ? outcome : await deps.capture.inspect(join(directory, name), { signal });
  const { compression } = settings;
  return storedPart(source, measure, { file: name, role: "hot", compression, ...hashed });
}

function storedPart(
  { kind, name, source, tree }: PartSource,
  { bytes, files }: Measure,
  archive: ArchiveFile,
): StoredPart {
  return {
    kind,
    name,
    source,
    type: tree.type,
    bytes,
    files,
    storedBytes: archive.bytes,
    deltaBytes: 0,
    archives: [archive],
  };
}

function refused(source: PartSource, over: boolean): StackholdError {
  const part = formatPart(source);
  const reason = over ? "the point is already ended" : "it is stored already";
  return new StackholdError("INTERNAL", `${part} cannot be stored: ${reason}`);
}
