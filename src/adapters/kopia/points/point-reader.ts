import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { findPart } from "../../../domain/find-part.ts";
import type { ArchiveFile, Manifest, SavedImage, StoredPart } from "../../../domain/manifest.ts";
import { readManifestText } from "../../../domain/manifest-text.ts";
import { type PartId, partStem } from "../../../domain/part.ts";
import { isErrorCode, messageOf, StackholdError } from "../../../errors.ts";
import type { Activity } from "../../../ports/capture.ts";
import type { PointReader, PointRef } from "../../../ports/repository.ts";
import { hashFile } from "../../byte-streams/hash-file.ts";
import { isSame, pointSnapshots } from "./catalogue.ts";
import { type FetchedPart, fetchPart } from "./part-files.ts";
import type { PointDeps } from "./point-deps.ts";
import { damagedPoint, newerFormat } from "./point-errors.ts";
import { manifestFile } from "./publish-point.ts";
import { readImage, writeImage } from "./read-image.ts";
import { requireOurs } from "./remove-point.ts";
import { verifyPoint } from "./verify-point.ts";

export async function readPoint(ref: PointRef, deps: PointDeps): Promise<PointReader> {
  const all = await deps.catalogue.fresh();
  const { snapshot } = requireOurs(all, ref, deps);
  const own = pointSnapshots(all)
    .filter((each) => isSame(each.ref, ref))
    .map((each) => each.snapshot);
  const manifest = await readManifest(ref, snapshot.rootEntry?.obj ?? "", deps);
  const withPart = async <T>(
    id: PartId,
    activity: Activity,
    work: (fetched: FetchedPart, part: StoredPart) => Promise<T>,
  ): Promise<T> => {
    const part = findPart(manifest, id);
    await using fetched = await fetchPart(part, deps, activity, own);
    return await work(fetched, part);
  };
  const { capture } = deps;
  return {
    manifest,
    verify: async ({ deep, parts, images = parts === undefined }, activity) => {
      const wanted = parts?.map((id) => findPart(manifest, id)) ?? manifest.parts;
      const kept = images ? (manifest.images ?? []) : [];
      return verifyPoint({ parts: wanted, images: kept }, deep, deps, activity);
    },
    extract: (id, directory, activity) =>
      withPart(id, activity, ({ layers }) => capture.extract(layers, directory, activity)),
    list: (id, wanted, onEntries, activity) =>
      withPart(id, activity, ({ layers }) => capture.contents(layers, wanted, onEntries, activity)),
    fetch: (id, path, directory, activity) =>
      withPart(id, activity, ({ layers }) => capture.pick(layers, path, directory, activity)),
    pour: (id, path, onBytes, activity) =>
      withPart(id, activity, ({ layers }) => capture.pour(layers, path, onBytes, activity)),
    pourFiles: (id, names, onFile, activity) =>
      withPart(id, activity, ({ layers }) => capture.pourFiles(layers, names, onFile, activity)),
    handOut: async (id, directory, activity) =>
      withPart(id, activity, (fetched, part) => handOut(fetched, part, directory, deps, activity)),
    handOutImage: async (image, directory, activity) => {
      await writeImage(image, directory, deps, activity);
      return image;
    },
    readImage: (image: SavedImage, activity) => readImage(image, deps, activity),
  };
}

async function readManifest(ref: PointRef, object: string, deps: PointDeps): Promise<Manifest> {
  const chunks: Uint8Array[] = [];
  try {
    await deps.client.stream(["show", `${object}/${manifestFile}`], async (bytes) => {
      chunks.push(Buffer.from(bytes));
    });
  } catch (failure) {
    if (!isErrorCode(failure, "TOOL_FAILED")) throw failure;
    throw damagedPoint(deps.name, ref, `its manifest cannot be read: ${messageOf(failure)}`);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  const reading = readManifestText(text, (found) => isSame(found, ref));
  if (reading.status === "complete") return reading.manifest;
  if (reading.status === "newer") throw newerFormat(deps.name, ref);
  throw damagedPoint(deps.name, ref, reading.why);
}

/** By hand a part is one archive, whatever it is stored as: it is unpacked here and packed again. */
async function handOut(
  fetched: FetchedPart,
  part: StoredPart,
  directory: string,
  deps: PointDeps,
  activity: Activity,
): Promise<readonly ArchiveFile[]> {
  const { signal } = activity;
  const file = `${partStem(part)}.tar.zst`;
  const target = { file: join(directory, file), compression: "zstd", level: 3 } as const;
  try {
    const tree = join(fetched.directory, "tree");
    await mkdir(tree, { mode: 0o700 });
    await deps.capture.extract(fetched.layers, tree, activity);
    const whole = { path: tree, type: "directory", exclude: [] } as const;
    await deps.capture.archive(whole, target, activity);
  } catch (failure) {
    if (!isErrorCode(failure, "TOOL_FAILED")) throw failure;
    throw new StackholdError("OUTPUT_UNWRITABLE", messageOf(failure), {
      hint: "name a directory that can be written",
    });
  }
  return [{ file, role: "hot", compression: "zstd", ...(await hashFile(target.file, signal)) }];
}
