import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Manifest, SavedImage, StoredPart } from "../../../domain/manifest.ts";
import { formatPart } from "../../../domain/part.ts";
import { StackholdError } from "../../../errors.ts";
import type { Glance, PointRef, PointWriter } from "../../../ports/repository.ts";
import type { Snapshot } from "../snapshots.ts";
import { isSame, pointSnapshots } from "./catalogue.ts";
import { deleteSnapshots } from "./delete-snapshots.ts";
import { imagesOf, storeImage } from "./images.ts";
import type { PointDeps } from "./point-deps.ts";
import { pointIsThere } from "./point-errors.ts";
import { publishPoint } from "./publish-point.ts";
import { hostPolicyChange, type Policies, sourcePolicyChange } from "./source-policy.ts";
import { type StoringPoint, storePart } from "./store-part.ts";
import { isPublished } from "./undisturbed.ts";
import { claim, release, writingDirectory } from "./writing-point.ts";

export async function beginPoint(
  ref: PointRef,
  { recent }: Glance,
  deps: PointDeps,
): Promise<PointWriter> {
  const directory = writingDirectory(deps.workDir, ref);
  if (!(await claim(directory, ref))) throw pointIsThere(deps.name, ref);
  const { catalogue } = deps;
  try {
    const [all, policies] = await Promise.all([
      recent ? catalogue.recent() : catalogue.fresh(),
      recent ? deps.policies.recent() : deps.policies.fresh(),
    ]);
    if (isPublished(ref, all)) throw pointIsThere(deps.name, ref);
    const change = hostPolicyChange(policies, ref.host, deps.compression);
    if (change !== undefined) await setPolicy(change, deps);
    return writePoint(ref, directory, { all, policies }, deps);
  } catch (failure) {
    await release(directory);
    throw failure;
  }
}

async function setPolicy(change: readonly string[], { client, policies }: PointDeps) {
  try {
    await client.run(change);
  } finally {
    policies.forget();
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
  let mayShow = false;
  const point: StoringPoint = {
    ...deps,
    ...{ ref, directory, ended: ending.signal },
    leaveOut: async (source, exclude) => {
      const change = sourcePolicyChange(policies, source, exclude);
      if (change !== undefined) await setPolicy(change, deps);
    },
    rememberedOf: (source) => deps.memory.find(source, all),
    forget: (snapshot) => deleteSnapshots(deps, [snapshot]),
    own: [],
    beganToShow: () => {
      mayShow = true;
    },
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
      const published = await publishPoint(manifest, point);
      over = true;
      await release(directory);
      return published;
    },
    discard: async () => {
      if (over) return;
      over = true;
      ending.abort();
      await Promise.allSettled(working);
      for (const end of point.endings) await end();
      try {
        const all = await deps.catalogue.fresh();
        // A published one of this name is another Stackhold's then.
        const isOthers = !mayShow && isPublished(ref, all);
        await deleteSnapshots(deps, isOthers ? point.own.map(({ id }) => id) : idsOf(ref, all));
      } finally {
        // What could not be removed is nobody's from here on, so that the next run does it.
        await release(directory);
      }
    },
  };
}

/** Everything that was stored under the id. */
function idsOf(ref: PointRef, all: readonly Snapshot[]): string[] {
  const own = pointSnapshots(all).filter((one) => isSame(one.ref, ref));
  return own.map(({ snapshot }) => snapshot.id);
}

/** A manifest never names what nobody awaited. */
function requireSettled(
  { parts, images = [] }: Manifest,
  settled: readonly StoredPart[],
  saved: readonly SavedImage[],
): void {
  const sidecars = new Map(settled.map((part) => [formatPart(part), part.kopia?.sidecar]));
  const part = parts.find((one) => {
    const sidecar = sidecars.get(formatPart(one));
    return sidecar === undefined || sidecar !== one.kopia?.sidecar;
  });
  const image = images.find(({ id }) => !saved.some((one) => one.id === id));
  const missing = part === undefined ? image?.id : formatPart(part);
  if (missing === undefined) return;
  throw new StackholdError("INTERNAL", `the manifest names ${missing}, which was not stored`);
}
