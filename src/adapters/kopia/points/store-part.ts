import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import type { StoredPart } from "../../../domain/manifest.ts";
import type { Activity } from "../../../ports/capture.ts";
import type { PartSource, PendingPart, PointRef } from "../../../ports/repository.ts";
import type { TwoPhase } from "../../../ports/two-phase.ts";
import { createKeeper } from "./keeper.ts";
import { snapshotOf } from "./memory.ts";
import type { PointDeps } from "./point-deps.ts";
import {
  describeSidecar,
  keptTarget,
  plain,
  type SidecarPlace,
  sidecarsDirectory,
} from "./sidecar.ts";
import { partSource } from "./sources.ts";
import { isGathered, storeWhole } from "./store-whole.ts";
import { partTags } from "./tags.ts";

export interface StoringPoint extends PointDeps {
  readonly ref: PointRef;
  /** Private; the parts' directories go below it. */
  readonly directory: string;
  /** Fires when the point is given up. */
  readonly ended: AbortSignal;
  /** What Kopia will compare a source with, as far as all of it is known. */
  readonly rememberedOf: (source: string) => Promise<string | undefined>;
  readonly forget: (snapshot: string) => Promise<void>;
  /** What lets go of a tree that was never settled. Each may be called again. */
  readonly endings: (() => Promise<void>)[];
  /** What the point is made of so far. */
  readonly own: OwnSnapshot[];
  /** From now on a manifest of its name may be its own. */
  readonly beganToShow: () => void;
  /** Sees to it that Kopia does not store what a source excludes, as far as it can. */
  readonly leaveOut: (source: string, exclude: readonly string[]) => Promise<void>;
}

/** A snapshot of the point's own. */
export interface OwnSnapshot {
  readonly id: string;
  readonly source: string;
  /** The one that Kopia was to compare with, where it was not told to read everything. */
  readonly comparedWith?: string;
}

/**
 * Stores the tree by Kopia, and what Kopia drops beside it, where the point's sidecars are gathered: of these `kopia.sidecar`
 * is the name until the point is published. A tree that is not stored in two passes is at rest, or
 * nobody minds: it is stored in the same way, its changes at once.
 */
export async function storePart(
  point: StoringPoint,
  source: PartSource,
  index: number,
  activity: Activity,
): Promise<PendingPart> {
  const directory = join(point.directory, `${index}`);
  const name = `${index}`;
  const beside = { name, path: join(sidecarsDirectory(point.directory), name) };
  for (const each of [directory, beside.path]) await mkdir(each, { recursive: true, mode: 0o700 });
  const own = withEnd(point, activity);
  if (isGathered(source)) return storeWhole(point, source, beside, own);
  const places = { directory, beside };
  if (source.passes !== undefined) {
    const finish = await storeHot(point, source, source.passes, places, own);
    let part: Promise<StoredPart> | undefined;
    return { unsteady: [], settle: () => (part ??= finish()) };
  }
  const passes = await point.capture.twoPhase(source.tree, join(directory, "spool"), own);
  point.endings.push(() => passes.release());
  try {
    const finish = await storeHot(point, source, passes, places, own);
    const { unsteady, tree } = await passes.freeze(own);
    const { tooLong } = tree;
    const settled = async () => {
      try {
        return await finish();
      } finally {
        await passes.release();
      }
    };
    let part: Promise<StoredPart> | undefined;
    return {
      unsteady,
      ...(tooLong === undefined ? {} : { tooLong }),
      settle: () => (part ??= settled()),
    };
  } catch (failure) {
    await passes.release();
    throw failure;
  }
}

function withEnd({ ended }: StoringPoint, activity: Activity): Activity {
  const { signal } = activity;
  return { ...activity, signal: signal === undefined ? ended : AbortSignal.any([ended, signal]) };
}

interface Places {
  /** Of the part, for what is under way. */
  readonly directory: string;
  readonly beside: SidecarPlace;
}

/** Returns when Kopia has everything that was there; the rest follows when it is asked for. */
async function storeHot(
  point: StoringPoint,
  source: PartSource,
  passes: TwoPhase,
  { directory, beside: { path: beside, name: sidecar } }: Places,
  activity: Activity,
): Promise<() => Promise<StoredPart>> {
  const { memory, ref, ended } = point;
  const remember = join(directory, "remember");
  const kopiaSource = partSource(ref, source);
  await point.leaveOut(kopiaSource, source.tree.exclude);
  const remembered = await point.rememberedOf(kopiaSource);
  const keeper = createKeeper(point, {
    tree: source.tree,
    source: kopiaSource,
    tags: partTags(ref, source),
    flags: point.flags,
    remembered,
    forget: point.forget,
  });
  await passes.storeKept(keeper, keptTarget(beside, remember), activity);
  const { root: tree, snapshot, storedBytes, compares } = keeper.taken();
  const isCompared = remembered !== undefined && compares;
  point.own.push({
    ...{ id: snapshot.id, source: kopiaSource },
    ...(isCompared ? { comparedWith: snapshotOf(remembered) } : {}),
  });
  return async () => {
    const written = await passes.writeChanges(
      {
        delta: plain(beside, "delta.tar"),
        deleted: join(beside, "deleted"),
        listing: plain(beside, "listing"),
        remember,
      },
      { signal: ended },
    );
    await memory.keep(kopiaSource, snapshot.id, remember);
    const archives = await describeSidecar(beside, ended);
    const { bytes, files, allocatedBytes } = written.tree;
    const delta = archives.filter(({ role }) => role === "delta");
    return {
      kind: source.kind,
      name: source.name,
      source: source.source,
      type: source.tree.type,
      bytes,
      ...(allocatedBytes === undefined ? {} : { allocatedBytes }),
      files,
      storedBytes,
      deltaBytes: delta.reduce((sum, file) => sum + file.bytes, 0),
      kopia: {
        ...{ tree, sidecar },
        ...(source.tree.type === "file" ? { file: basename(source.tree.path) } : {}),
      },
      archives,
    };
  };
}
