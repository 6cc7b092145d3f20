import { Buffer } from "node:buffer";
import type { SavedImage, StoredPart } from "../../domain/manifest.ts";
import { formatPart } from "../../domain/part.ts";
import { StackholdError } from "../../errors.ts";
import type { Tree } from "../../ports/capture.ts";
import { progressReporter } from "../progress.ts";
import type { Transfer } from "./transfer.ts";

function refused(part: StoredPart, why: string, hint: string): StackholdError {
  const message = `${formatPart(part)} cannot be copied exactly: ${why}`;
  return new StackholdError("COPY_FAILED", message, { hint: `nothing was copied; ${hint}` });
}

/** A part that is a single file holds that file, by a name that the source of the part need not have. */
async function treeOf(part: StoredPart, directory: string, transfer: Transfer): Promise<Tree> {
  const { reader, context } = transfer;
  if (part.type === "directory") return { path: directory, type: "directory", exclude: [] };
  const names = new Set<string>();
  await reader.list(
    part,
    (name) => name !== "",
    (entries) => {
      for (const { name } of entries) names.add(name);
    },
    { signal: context.signal },
  );
  const [name] = names;
  if (name === undefined || names.size > 1) {
    throw refused(part, `it holds ${names.size} files instead of one`, "stackhold verify --deep");
  }
  const path = `${directory}/${Buffer.from(name, "latin1").toString("utf8")}`;
  return { path, type: "file", exclude: [] };
}

/** What the disk there does not keep would be missing in the copy, and nobody would know. */
async function unpack(part: StoredPart, directory: string, transfer: Transfer): Promise<void> {
  const { reader, deps, context } = transfer;
  const { unit } = reader.manifest;
  const losses: string[] = [];
  const onWarning = (message: string): void => {
    if (losses.length === 0) losses.push(message);
  };
  const subject = `unpacking ${formatPart(part)}`;
  const onProgress = progressReporter({ unit, subject }, deps.clock, context.emit);
  await reader.extract(part, directory, { signal: context.signal, onProgress, onWarning });
  const [loss] = losses;
  if (loss === undefined) return;
  const hint = "put state_dir on a file system that keeps everything (ext4, xfs, btrfs), as root";
  throw refused(part, `it was unpacked in ${directory}, where something is lost: ${loss}`, hint);
}

async function store(part: StoredPart, tree: Tree, transfer: Transfer): Promise<StoredPart> {
  const { reader, writer, deps, context } = transfer;
  const { unit, quiesce } = reader.manifest;
  const { kind, name, source, freeze } = part;
  const subject = formatPart(part);
  const onProgress = progressReporter({ unit, subject }, deps.clock, context.emit);
  const activity = { signal: context.signal, onProgress };
  const pending = await writer.store({ kind, name, source, tree }, activity);
  const [moved] = pending.unsteady;
  const again = "see who writes there, then copy again";
  if (moved !== undefined) throw refused(part, `${moved} changed in ${tree.path}`, again);
  const stored = await pending.settle();
  // Of a tree that was in motion when it was stored, nobody knows the number.
  if (quiesce !== "none" && stored.files !== part.files) {
    const why = `${stored.files} entries were stored instead of ${part.files}`;
    throw refused(part, why, "stackhold verify --deep tells whether the point is whole");
  }
  return freeze === undefined ? stored : { ...stored, freeze };
}

/** Unpacks a part in a private place and stores it anew; the place is empty again afterwards. */
export async function partByContents(
  part: StoredPart,
  staging: string,
  transfer: Transfer,
): Promise<StoredPart> {
  const { deps, context } = transfer;
  const { capture } = deps;
  const swap = await capture.planSwap(`${staging}/part`, context.runId, "directory");
  try {
    const directory = await capture.prepare(swap);
    await unpack(part, directory, transfer);
    return await store(part, await treeOf(part, directory, transfer), transfer);
  } finally {
    await capture.discard(swap);
  }
}

export async function imageByContent(image: SavedImage, transfer: Transfer): Promise<SavedImage> {
  const { reader, writer, deps, context } = transfer;
  const { unit } = reader.manifest;
  const { signal, emit } = context;
  const onProgress = progressReporter({ unit, subject: `image ${image.id}` }, deps.clock, emit);
  const content = (own: AbortSignal) => reader.readImage(image, { signal: own });
  return writer.storeImage({ id: image.id, content }, { signal, onProgress });
}
