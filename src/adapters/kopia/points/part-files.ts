import { lstat, mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { ArchiveFile, StoredPart } from "../../../domain/manifest.ts";
import { formatPart } from "../../../domain/part.ts";
import { isErrorCode, messageOf, StackholdError } from "../../../errors.ts";
import type { Activity, KeptHot, Layers } from "../../../ports/capture.ts";
import type { Snapshot } from "../snapshots.ts";
import type { PointDeps } from "./point-deps.ts";
import { restoredBytes, restoreProgress } from "./restore-progress.ts";
import { decodedTag } from "./tags.ts";

/** The files of a part on this host for a while. */
export interface FetchedPart extends AsyncDisposable {
  readonly layers: Layers;
  /** Where its sidecar lies. */
  readonly directory: string;
}

/** A private directory for as long as something is read. */
export async function scratchIn(
  workDir: string,
): Promise<AsyncDisposable & { readonly path: string }> {
  const root = join(workDir, "..", "reading");
  await mkdir(root, { recursive: true, mode: 0o700 });
  const path = await realpath(await mkdtemp(join(root, "part-")));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Fetches what stands beside a part's tree; of the tree nothing yet. `own`: the snapshots of its point. */
export async function fetchPart(
  part: StoredPart,
  deps: PointDeps,
  activity: Pick<Activity, "signal">,
  own: readonly Snapshot[] = [],
): Promise<FetchedPart> {
  const { kopia } = part;
  if (kopia === undefined) throw damaged(part, "it says not where its files are");
  const scratch = await scratchIn(deps.workDir);
  try {
    const { signal } = activity;
    const quiet = signal === undefined ? {} : { signal };
    await restore(deps, kopia.sidecar, scratch.path, quiet, part);
    const paths = new Map<ArchiveFile["role"], string>();
    for (const { role, file, bytes } of part.archives) {
      const path = join(scratch.path, basename(file));
      const found = await lstat(path).catch(() => undefined);
      if (found?.isFile() !== true || found.size !== bytes) {
        throw damaged(part, `its ${file} is missing or of another size`);
      }
      paths.set(role, path);
    }
    const layers = layersOf(part, Object.fromEntries(paths), deps, own);
    return {
      layers,
      directory: scratch.path,
      [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose](),
    };
  } catch (failure) {
    await scratch[Symbol.asyncDispose]();
    throw failure;
  }
}

/** One archive, or what Kopia has of the tree with what stands beside it. */
function layersOf(
  part: StoredPart,
  found: Partial<Record<ArchiveFile["role"], string>>,
  deps: PointDeps,
  own: readonly Snapshot[],
): Layers {
  const { hot, rest, strange, links, attributes, deleted, delta, listing } = found;
  const tree = part.kopia?.tree;
  if (tree === undefined) {
    if (hot === undefined) throw damaged(part, "its archive is missing");
    return { hot };
  }
  if (rest === undefined || listing === undefined) throw damaged(part, "a file of it is missing");
  const kept: KeptHot = {
    ...treeOf(part, tree, deps, own),
    rest,
    ...(strange === undefined ? {} : { strange }),
    ...(links === undefined ? {} : { links }),
    ...(attributes === undefined ? {} : { attributes }),
  };
  return {
    hot: kept,
    listing,
    ...(deleted === undefined ? {} : { deleted }),
    ...(delta === undefined ? {} : { delta }),
  };
}

function treeOf(
  part: StoredPart,
  tree: string,
  deps: PointDeps,
  own: readonly Snapshot[],
): Pick<KeptHot, "place" | "placeFile" | "pour"> {
  const isFile = part.type === "file";
  const objectOf = (path: string) => {
    if (isFile) return tree;
    return `${tree}/${Buffer.from(path, "latin1").toString("utf8")}`;
  };
  // A file's object is its content alone: Kopia would give it the attributes of the newest snapshot of that content.
  const isOwn = (each: Snapshot) =>
    each.rootEntry?.obj === tree && decodedTag(each, "part") === formatPart(part);
  const root = (isFile ? own.find(isOwn)?.id : undefined) ?? tree;
  return {
    place: (directory, activity) =>
      restore(
        deps,
        root,
        isFile ? join(directory, basename(part.kopia?.file ?? part.source)) : directory,
        activity,
        part,
      ),
    placeFile: (path, file, activity) =>
      restore(deps, isFile ? root : objectOf(path), file, activity, part),
    pour: (path, onBytes, { signal }) =>
      asDamaged(part, () =>
        deps.client.stream(
          ["show", objectOf(path)],
          onBytes,
          signal === undefined ? {} : { signal },
        ),
      ),
  };
}

/** Holes stay holes; what is there already is written over. By itself Kopia packs what is to go to `….zip` or `….tar`. */
async function restore(
  { client }: Pick<PointDeps, "client">,
  object: string,
  to: string,
  { signal, onProgress }: Pick<Activity, "signal" | "onProgress">,
  part: StoredPart,
): Promise<void> {
  const onLine = (line: string) => {
    const bytes = restoredBytes(line);
    if (bytes === undefined) return;
    onProgress?.({ bytes: Math.min(bytes, part.bytes), totalBytes: part.bytes });
  };
  const args = ["restore", object, to, "--mode=local", "--write-sparse-files", ...restoreProgress];
  await asDamaged(part, () =>
    client.run(args, { onLine, ...(signal === undefined ? {} : { signal }) }),
  );
}

/** What Kopia cannot give back for no reason of the storage's is damaged. */
async function asDamaged<T>(part: StoredPart, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (failure) {
    throw isErrorCode(failure, "TOOL_FAILED") ? damaged(part, messageOf(failure)) : failure;
  }
}

function damaged(part: StoredPart, why: string): StackholdError {
  return new StackholdError("POINT_DAMAGED", `${formatPart(part)} is damaged: ${why}`);
}
