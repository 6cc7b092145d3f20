import { join } from "node:path";
import { findPart } from "../../domain/find-part.ts";
import {
  type ArchiveFile,
  filesOf,
  type Manifest,
  type StoredPart,
} from "../../domain/manifest.ts";
import { formatPart, type PartId } from "../../domain/part.ts";
import { isErrorCode, StackholdError } from "../../errors.ts";
import type { Layers } from "../../ports/capture.ts";
import type { PointReader, PointRef } from "../../ports/repository.ts";
import { strangeArchive } from "./check-file.ts";
import { inRepository, newerFormat } from "./errors.ts";
import { handOutOpened } from "./hand-out-opened.ts";
import { pointPaths } from "./layout.ts";
import { readingOf } from "./list-points.ts";
import { readImage } from "./read-image.ts";
import type { ArchiveDeps, ArchiveSettings } from "./settings.ts";
import { identityFor } from "./unsealed.ts";
import { verifyPoint } from "./verify-point.ts";

export async function readPoint(
  settings: ArchiveSettings,
  ref: PointRef,
  deps: ArchiveDeps,
): Promise<PointReader> {
  const manifest = await readManifest(settings, ref);
  const directory = pointPaths(settings.path, ref).point;
  /** Of which all is there, and what is encrypted can be opened. */
  const layers = async (id: PartId): Promise<Layers> => {
    const part = findPart(manifest, id);
    const found = await layersOf(directory, part);
    await identityFor(settings, deps, directory, part.archives);
    return found;
  };
  return {
    manifest,
    verify: ({ deep, parts, images = parts === undefined }, activity) => {
      const wanted = parts?.map((id) => findPart(manifest, id)) ?? manifest.parts;
      const { images: kept = [] } = manifest;
      const checked = { ...manifest, parts: wanted, images: images ? kept : [] };
      return inRepository(settings, async () => {
        if (deep) await requireIdentity(settings, deps, directory, checked);
        return verifyPoint(directory, checked, deep, activity, deps.capture);
      });
    },
    extract: async (id, target, activity) =>
      deps.capture.extract(await layers(id), target, activity),
    list: async (id, wanted, onEntries, activity) =>
      deps.capture.contents(await layers(id), wanted, onEntries, activity),
    fetch: async (id, path, target, activity) =>
      deps.capture.pick(await layers(id), path, target, activity),
    pour: async (id, path, onBytes, activity) =>
      deps.capture.pour(await layers(id), path, onBytes, activity),
    pourFiles: async (id, names, onFile, activity) =>
      deps.capture.pourFiles(await layers(id), names, onFile, activity),
    handOut: async (id, target, activity, sealedFor) => {
      const part = findPart(manifest, id);
      await layersOf(directory, part);
      return handOutOpened(settings, deps, directory, part.archives, target, activity, sealedFor);
    },
    handOutImage: async (image, target, activity, sealedFor) => {
      const files = await handOutOpened(
        settings,
        deps,
        directory,
        [image],
        target,
        activity,
        sealedFor,
      );
      return files[0] ?? image;
    },
    readImage: (image, activity) => readImage(settings, deps, directory, image, activity),
  };
}

/** What is missing or damaged is for `verify` to tell. */
async function requireIdentity(
  settings: ArchiveSettings,
  deps: ArchiveDeps,
  directory: string,
  checked: Pick<Manifest, "parts" | "images">,
): Promise<void> {
  for (const file of filesOf(checked)) {
    if ((await strangeArchive(directory, file)) !== undefined) continue;
    try {
      await identityFor(settings, deps, directory, [file]);
    } catch (thrown) {
      if (!isErrorCode(thrown, "POINT_DAMAGED")) throw thrown;
    }
  }
}

async function readManifest(settings: ArchiveSettings, ref: PointRef): Promise<Manifest> {
  const reading = await readingOf(settings.path, ref);
  const { point } = pointPaths(settings.path, ref);
  if (reading === undefined) throw unknownPoint(settings, ref);
  if (reading.status === "newer") throw newerFormat(settings, `point ${ref.backupId}`);
  if (reading.status === "complete") return reading.manifest;
  throw damaged(`the point in ${point} is damaged: ${reading.why}`);
}

/** The part's files by what they do, each looked at. */
async function layersOf(directory: string, part: StoredPart): Promise<Layers> {
  const paths = new Map<ArchiveFile["role"], string>();
  const refuse = (why: string) => damaged(`${formatPart(part)} in ${directory} ${why}`);
  for (const archive of part.archives) {
    const path = join(directory, archive.file);
    if (paths.has(archive.role)) throw refuse(`has two files with the role ${archive.role}`);
    const strange = await strangeArchive(directory, archive);
    if (strange !== undefined) throw damaged(`${path} ${strange}`);
    paths.set(archive.role, path);
  }
  const { hot, ...later } = Object.fromEntries(paths) as Partial<Layers>;
  if (hot === undefined) throw refuse("has no archive of the whole tree (role hot)");
  if (later.listing === undefined && paths.size > 1) throw refuse("has changes but no listing");
  return { hot, ...later };
}

export function unknownPoint(settings: ArchiveSettings, ref: PointRef): StackholdError {
  return new StackholdError(
    "UNKNOWN_POINT",
    `repository ${settings.name} has no point ${ref.backupId} of ${ref.unit} on ${ref.host}`,
    { hint: "see: stackhold list points" },
  );
}

function damaged(message: string): StackholdError {
  return new StackholdError("POINT_DAMAGED", message);
}
