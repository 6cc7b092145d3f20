import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { filesOf, type Manifest } from "../../domain/manifest.ts";
import { renderManifest } from "../../domain/manifest-text.ts";
import { StackholdError } from "../../errors.ts";
import type { PointRef, PointWriter } from "../../ports/repository.ts";
import { syncDirectory, writeDurably } from "./durable.ts";
import { errnoOf, inRepository } from "./errors.ts";
import { exists } from "./exists.ts";
import type { Flushing } from "./hash-follower.ts";
import { refreshLatest } from "./latest-link.ts";
import { type PointPaths, pointPaths } from "./layout.ts";
import { makeDirectories } from "./make-directories.ts";
import { manifestFile } from "./names.ts";
import type { ArchiveDeps, ArchiveSettings } from "./settings.ts";
import { makeSpool, spoolDirectory } from "./spool.ts";
import { createPartStore } from "./store-part.ts";
import { markWriter, writerFile } from "./writer-marker.ts";

/** Starts a point under a hidden name beside its place. */
export async function beginPoint(
  settings: ArchiveSettings,
  ref: PointRef,
  deps: ArchiveDeps,
  flushing: Flushing,
): Promise<PointWriter> {
  const paths = pointPaths(settings.path, ref);
  const recipients = await deps.sealing?.keys.recipients();
  await makePartial(settings, ref, paths);
  const parts = createPartStore(paths.partial, settings, deps, flushing, recipients);
  let over = false;

  const discard = async (): Promise<void> => {
    if (over) return;
    over = true;
    await parts.abandon();
    await rm(paths.partial, { recursive: true, force: true });
  };
  const publish = async (manifest: Manifest): Promise<Manifest> => {
    if (over) throw new StackholdError("INTERNAL", `point ${ref.backupId} is already ended`);
    checkFiles(manifest, parts.settled());
    await publishPoint(paths, renderManifest(manifest));
    over = true;
    return manifest;
  };
  return {
    spool: () => inRepository(settings, () => makeSpool(paths.partial)),
    store: parts.store,
    storeImage: (image, activity) => parts.storeImage(image, ref, activity),
    adopt: {
      ...(recipients === undefined ? {} : { recipients }),
      part: parts.adoptPart,
      image: (image, handOut, activity) => parts.adoptImage(image, handOut, ref, activity),
    },
    publish: (manifest) => inRepository(settings, () => publish(manifest)),
    discard: () => inRepository(settings, discard),
  };
}

async function makePartial(settings: ArchiveSettings, ref: PointRef, paths: PointPaths) {
  await makeDirectories(paths.unit);
  if (await exists(paths.point)) throw taken(settings, ref);
  try {
    await mkdir(paths.partial, { mode: 0o700 });
  } catch (thrown) {
    throw errnoOf(thrown) === "EEXIST" ? taken(settings, ref) : thrown;
  }
  await markWriter(paths.partial);
}

function taken(settings: ArchiveSettings, ref: PointRef): StackholdError {
  return new StackholdError(
    "BACKUP_FAILED",
    `repository ${settings.name} already has a point ${ref.backupId} of ${ref.unit}`,
    { hint: "run the backup again: it gets an id of its own" },
  );
}

/** Every file is flushed by its `settle`; then the manifest, then one rename that shows it all. */
async function publishPoint(paths: PointPaths, manifest: string): Promise<void> {
  await rm(join(paths.partial, spoolDirectory), { recursive: true, force: true });
  await writeDurably(join(paths.partial, manifestFile), manifest);
  await rename(paths.partial, paths.point);
  await syncDirectory(paths.unit);
  await refreshLatest(paths.unit);
  await rm(join(paths.point, writerFile), { force: true }).catch(() => undefined);
}

/** A manifest never names a file whose checksum and flushing nobody awaited. */
function checkFiles(manifest: Manifest, settled: Pick<Manifest, "parts" | "images">): void {
  const files = new Set(filesOf(settled).map(({ file }) => file));
  const missing = filesOf(manifest).find(({ file }) => !files.has(file))?.file;
  if (missing === undefined) return;
  throw new StackholdError("INTERNAL", `the manifest names ${missing}, which was not stored`);
}
