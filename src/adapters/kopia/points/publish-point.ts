import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { imageBytesOf, type Manifest, type StoredPart } from "../../../domain/manifest.ts";
import { renderManifest } from "../../../domain/manifest-text.ts";
import { keepSidecars, shares, sidecarsDirectory } from "./sidecar.ts";
import { manifestSource, sidecarSource } from "./sources.ts";
import type { StoringPoint } from "./store-part.ts";
import { figureTags, pointTags } from "./tags.ts";
import { takeSnapshot } from "./take-snapshot.ts";
import { requireUndisturbed } from "./undisturbed.ts";

/** The manifest's one file. */
export const manifestFile = "manifest.json";

/** All of it is new: nothing is to be taken for what an earlier point has. */
const readAll = "--force-hash=100";

/** More than this takes its time to be stored, in which others may disturb. */
const smallBytes = 32 << 20;

/** Stores what stands beside the parts, looks around for the last time, and then the manifest. */
export async function publishPoint(manifest: Manifest, point: StoringPoint): Promise<Manifest> {
  const trees = [...point.own];
  const look = async () =>
    requireUndisturbed(point.name, point.ref, trees, await point.catalogue.fresh());
  const sizes = manifest.parts.map(sidecarBytes);
  const isSmall = sizes.reduce((sum, size) => sum + size, 0) <= smallBytes;
  const storing = storeSidecars(manifest.parts, sizes, point);
  const [stored, looked] = await Promise.allSettled([
    storing,
    isSmall ? look() : storing.then(look),
  ]);
  if (stored.status === "rejected") throw stored.reason;
  if (looked.status === "rejected") throw looked.reason;
  const published = { ...manifest, parts: stored.value };
  point.beganToShow();
  await storeManifest(published, point);
  return published;
}

function sidecarBytes({ archives }: StoredPart): number {
  return archives.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** As one snapshot, so that Kopia is started once; each part is told where in it its own stand. */
async function storeSidecars(
  parts: readonly StoredPart[],
  sizes: readonly number[],
  point: StoringPoint,
): Promise<StoredPart[]> {
  if (parts.length === 0) return [];
  const path = sidecarsDirectory(point.directory);
  const named = parts.flatMap(({ kopia }) => kopia?.sidecar ?? []);
  await keepSidecars(path, named);
  const source = sidecarSource(point.ref);
  const { root, snapshot, storedBytes } = await takeSnapshot(
    point,
    {
      ...{ path, source },
      tags: pointTags(point.ref, "sidecar"),
      flags: [...point.flags, readAll],
    },
    { signal: point.ended },
  );
  point.own.push({ id: snapshot.id, source });
  const own = shares(storedBytes, sizes);
  return parts.map((part, index) => ({
    ...part,
    storedBytes: part.storedBytes + (own[index] ?? 0),
    kopia: { ...part.kopia, sidecar: `${root}/${part.kopia?.sidecar}` },
  }));
}

/** What makes the point one: until this snapshot is there, nothing shows it. */
async function storeManifest(manifest: Manifest, point: StoringPoint): Promise<void> {
  const directory = join(point.directory, "manifest");
  await mkdir(directory, { mode: 0o700 });
  await writeFile(join(directory, manifestFile), renderManifest(manifest), { mode: 0o600 });
  const { createdAt, scope, kind, parts, images = [], warnings } = manifest;
  const imageBytes = imageBytesOf(images);
  const figures = figureTags({
    ...{ createdAt, scope, kind, imageBytes, warnings: warnings.length },
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    storedBytes: parts.reduce((sum, { storedBytes }) => sum + storedBytes, imageBytes),
  });
  const named = images.length === 0 ? undefined : images.map(({ id }) => id).join(",");
  await takeSnapshot(
    point,
    {
      path: directory,
      source: manifestSource(point.ref),
      tags: pointTags(point.ref, "manifest", { ...figures, images: named }),
      flags: [...point.flags, readAll],
    },
    {},
  );
}
