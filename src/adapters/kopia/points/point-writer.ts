import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  imageBytesOf,
  type Manifest,
  type SavedImage,
  type StoredPart,
} from "../../../domain/manifest.ts";
import { renderManifest } from "../../../domain/manifest-text.ts";
import { formatPart } from "../../../domain/part.ts";
import { StackholdError } from "../../../errors.ts";
import type { PointRef, PointWriter } from "../../../ports/repository.ts";
import type { Snapshot } from "../snapshots.ts";
import { allSnapshots, isManifest, isSame, pointSnapshots } from "./catalogue.ts";
import { deleteSnapshots } from "./delete-snapshots.ts";
import { imagesOf, storeImage } from "./images.ts";
import type { PointDeps } from "./point-deps.ts";
import {
  allPolicies,
  hostPolicyChange,
  type Policies,
  sourcePolicyChange,
} from "./source-policy.ts";
import { manifestSource } from "./sources.ts";
import { type StoringPoint, storePart } from "./store-part.ts";
import { figureTags, pointTags } from "./tags.ts";
import { takeSnapshot } from "./take-snapshot.ts";
import { requireUndisturbed } from "./undisturbed.ts";
import { claim, release, writingDirectory } from "./writing-point.ts";

/** The manifest's one file. */
export const manifestFile = "manifest.json";

export async function beginPoint(ref: PointRef, deps: PointDeps): Promise<PointWriter> {
  const directory = writingDirectory(deps.workDir, ref);
  if (!(await claim(directory, ref))) throw taken(deps, ref);
  try {
    const [all, policies] = await Promise.all([
      allSnapshots(deps.client, ["--incomplete"]),
      allPolicies(deps.client),
    ]);
    const isThere = pointSnapshots(all).some((one) => isSame(one.ref, ref) && isManifest(one));
    if (isThere) throw taken(deps, ref);
    const change = hostPolicyChange(policies, ref.host, deps.compression);
    if (change !== undefined) await deps.client.run(change);
    return writePoint(ref, directory, { all, policies }, deps);
  } catch (failure) {
    await release(directory);
    throw failure;
  }
}

function writePoint(
  ref: PointRef,
  directory: string,
  { all, policies }: { readonly all: readonly Snapshot[]; readonly policies: Policies },
  deps: PointDeps,
): PointWriter {
  const ending = new AbortController();
  const settled: StoredPart[] = [];
  const images: SavedImage[] = [];
  const stored = new Set<string>();
  const working = new Set<Promise<unknown>>();
  let count = 0;
  let over = false;
  const point: StoringPoint = {
    ...deps,
    ...{ ref, directory, ended: ending.signal },
    leaveOut: async (source, exclude) => {
      const change = sourcePolicyChange(policies, source, exclude);
      if (change !== undefined) await deps.client.run(change);
    },
    rememberedOf: (source) => deps.memory.find(source, all),
    forget: (snapshot) => deleteSnapshots(deps.client, [snapshot]),
    own: [],
    endings: [],
  };
  const watched = <T>(work: Promise<T>): Promise<T> => {
    working.add(work);
    work.catch(() => undefined).finally(() => working.delete(work));
    return work;
  };
  const requireOpen = () => {
    if (over) throw new StackholdError("INTERNAL", `point ${ref.backupId} is already ended`);
  };
  return {
    spool: async () => {
      const spool = join(directory, "spool");
      await mkdir(spool, { recursive: true, mode: 0o700 });
      return spool;
    },
    store: async (source, activity) => {
      requireOpen();
      const name = formatPart(source);
      if (stored.has(name)) {
        throw new StackholdError("INTERNAL", `${name} cannot be stored: it is stored already`);
      }
      stored.add(name);
      count += 1;
      try {
        const pending = await watched(storePart(point, source, count, activity));
        const settle = async () => {
          const part = await watched(pending.settle());
          if (!settled.includes(part)) settled.push(part);
          return part;
        };
        return { ...pending, settle };
      } catch (failure) {
        stored.delete(name);
        throw failure;
      }
    },
    storeImage: async (image, activity) => {
      requireOpen();
      count += 1;
      const known = imagesOf(all, ref).find(({ saved }) => saved.id === image.id)?.saved;
      const saved = await watched(storeImage(point, image, known, count, activity));
      images.push(saved);
      return saved;
    },
    publish: async (manifest) => {
      requireOpen();
      requireSettled(manifest, settled, images);
      requireUndisturbed(deps.name, point.own, await allSnapshots(deps.client, ["--incomplete"]));
      await publishManifest(manifest, point);
      over = true;
      await release(directory);
    },
    discard: async () => {
      if (over) return;
      over = true;
      ending.abort();
      await Promise.allSettled(working);
      for (const end of point.endings) await end();
      try {
        await deleteOf(ref, deps);
      } finally {
        // What could not be removed is nobody's from here on, so that the next run does it.
        await release(directory);
      }
    },
  };
}

/** Everything that was stored under the id. */
async function deleteOf(ref: PointRef, { client }: Pick<PointDeps, "client">) {
  const own = pointSnapshots(await allSnapshots(client, ["--incomplete"])).filter((one) =>
    isSame(one.ref, ref),
  );
  await deleteSnapshots(
    client,
    own.map(({ snapshot }) => snapshot.id),
  );
}

/** What makes the point one: until this snapshot is there, nothing shows it. */
async function publishManifest(manifest: Manifest, point: StoringPoint): Promise<void> {
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
    point.client,
    {
      path: directory,
      source: manifestSource(point.ref),
      tags: pointTags(point.ref, "manifest", { ...figures, images: named }),
      flags: point.flags,
    },
    {},
  );
}

/** A manifest never names what nobody awaited. */
function requireSettled(
  { parts, images = [] }: Manifest,
  settled: readonly StoredPart[],
  saved: readonly SavedImage[],
): void {
  const objects = new Set(settled.map(({ kopia }) => kopia?.tree));
  const part = parts.find(({ kopia }) => kopia === undefined || !objects.has(kopia.tree));
  const image = images.find(({ id }) => !saved.some((one) => one.id === id));
  const missing = part === undefined ? image?.id : formatPart(part);
  if (missing === undefined) return;
  throw new StackholdError("INTERNAL", `the manifest names ${missing}, which was not stored`);
}

function taken({ name }: Pick<PointDeps, "name">, ref: PointRef): StackholdError {
  return new StackholdError(
    "BACKUP_FAILED",
    `repository ${name} already has a point ${ref.backupId} of ${ref.unit}`,
    { hint: "run the backup again: it gets an id of its own" },
  );
}
