import { lstat, stat } from "node:fs/promises";
import { isBackupId } from "../../domain/backup-id.ts";
import { StackholdError } from "../../errors.ts";
import type { PointRef, Repository } from "../../ports/repository.ts";
import { errnoOf, inRepository, unusable } from "./errors.ts";
import { estimateTree } from "./estimate.ts";
import type { Flushing } from "./hash-follower.ts";
import { listPoints } from "./list-points.ts";
import { pinPoint } from "./pin-point.ts";
import { readPoint, unknownPoint } from "./point-reader.ts";
import { beginPoint } from "./point-writer.ts";
import { removePoint } from "./remove-point.ts";
import { checkFormat, examineRepository, openRepository } from "./repository-file.ts";
import { requireKeys } from "./require-keys.ts";
import { savedImageIds } from "./saved-images.ts";
import type { ArchiveDeps, ArchiveSettings } from "./settings.ts";
import { sweepHost } from "./sweep.ts";

const openTimeoutMs = 60_000;

/** Points as plain directories of tar files, as docs/format.md describes them. */
export function createArchiveRepository(settings: ArchiveSettings, deps: ArchiveDeps): Repository {
  const flushing: Flushing = { busy: false };
  const answer = <T>(work: () => Promise<T>): Promise<T> => inRepository(settings, work);
  const existing = async (): Promise<void> => {
    const found = await stat(settings.path);
    if (!found.isDirectory()) throw unusable(settings, "it is not a directory");
    await checkFormat(settings);
  };
  const named = (ref: PointRef): void => {
    if (!isBackupId(ref.backupId)) throw unknownPoint(settings, ref);
  };
  return {
    name: settings.name,
    kind: "archive",
    localPaths: [settings.path],
    open: () =>
      answer(async () => {
        const opened = await withinTime(settings, deps, openRepository(settings, deps.clock));
        await requireKeys(settings, deps);
        return opened;
      }),
    examine: () =>
      answer(async () => {
        const found = await withinTime(settings, deps, examineRepository(settings));
        await requireKeys(settings, deps, "looks");
        return found;
      }),
    exists: () => answer(() => withinTime(settings, deps, isThere(settings.path))),
    space: () => deps.capture.space(settings.path),
    estimate: (tree, measure, activity) => estimateTree(settings, tree, measure, deps, activity),
    sweep: (host) =>
      answer(async () => {
        await existing();
        return sweepHost(settings.path, host);
      }),
    begin: (ref) =>
      answer(async () => {
        if (!isBackupId(ref.backupId)) {
          throw new StackholdError("INTERNAL", `"${ref.backupId}" is not a backup id`);
        }
        return beginPoint(settings, ref, deps, flushing);
      }),
    list: (filter) =>
      answer(async () => {
        await withinTime(settings, deps, existing());
        return listPoints(settings, filter, deps.clock);
      }),
    read: (ref) =>
      answer(async () => {
        named(ref);
        await existing();
        return readPoint(settings, ref, deps);
      }),
    savedImages: (of) =>
      answer(async () => {
        await existing();
        return savedImageIds(settings, of);
      }),
    remove: (ref) =>
      answer(async () => {
        named(ref);
        await existing();
        return removePoint(settings, ref);
      }),
    pin: (ref, pinned) =>
      answer(async () => {
        named(ref);
        await existing();
        return pinPoint(settings, ref, pinned, deps.clock);
      }),
  };
}

/** A file where a directory on the way should be is not absence: no backup would mend it. */
async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (thrown) {
    if (errnoOf(thrown) === "ENOENT") return false;
    throw thrown;
  }
}

/** A network file system whose server is gone answers never. */
async function withinTime<T>(
  settings: ArchiveSettings,
  { clock }: ArchiveDeps,
  work: Promise<T>,
): Promise<T> {
  const answered = new AbortController();
  const silence = clock.sleep(openTimeoutMs, answered.signal).then(() => {
    if (answered.signal.aborted) return work;
    throw unusable(settings, "it did not answer within 60 s", "see whether its mount hangs");
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    answered.abort();
    silence.catch(() => undefined);
  }
}
