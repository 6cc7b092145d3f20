import { chmod, mkdir, mkdtemp, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isBelow, type StoredEntry } from "../../../domain/stored-entry.ts";
import { isErrorCode, StackholdError } from "../../../errors.ts";
import type { Activity, Picked } from "../../../ports/capture.ts";
import { flush } from "../../tar/flush.ts";
import { type Content, directoriesOf, isSingleFile, type Planted } from "./contents.ts";
import type { KopiDockaDeps } from "./deps.ts";
import type { KopiaEntry } from "./directory.ts";
import { restoreSnapshot } from "./restore-snapshot.ts";
import type { StoredFile } from "./stored-file.ts";
import { entryAt, latin1Of, textOf, walk } from "./walk.ts";

type Tree = Extract<Content, { form: "tree" }>;
type Deps = Pick<KopiDockaDeps, "client" | "runner">;

/** Directories that no snapshot tells of. */
const madeMode = 0o755;

/** Of a directory that is made by us. */
function madeEntry(name: string): StoredEntry {
  return { type: "d", mode: madeMode, uid: 0, gid: 0, size: 0, mtime: "0.000000000", name };
}

function fileEntry({ path, mode, mtime, content }: StoredFile): StoredEntry {
  const name = latin1Of(path);
  return { type: "f", mode, uid: 0, gid: 0, size: content.length, mtime: mtime.toFixed(9), name };
}

function madeDirectories(tree: Tree): string[] {
  if (isSingleFile(tree) || tree.trees.some(({ at }) => at === "")) return [];
  return directoriesOf([...tree.files.map(({ path }) => path), ...tree.trees.map(({ at }) => at)]);
}

async function write(directory: string, file: StoredFile): Promise<void> {
  const path = join(directory, file.path);
  await writeFile(path, file.content, { flag: "wx" });
  await chmod(path, file.mode);
  await utimes(path, file.mtime, file.mtime);
}

export async function extractTree(
  tree: Tree,
  directory: string,
  { client, runner }: Deps,
  activity: Activity,
): Promise<void> {
  for (const made of madeDirectories(tree)) {
    const path = join(directory, made);
    await mkdir(path, { recursive: true });
    await chmod(path, madeMode);
  }
  for (const { at, snapshot } of tree.trees) {
    await restoreSnapshot(client, snapshot, "", join(directory, at), activity);
  }
  for (const file of tree.files) await write(directory, file);
  await flush(runner, directory);
}

export async function listTree(
  tree: Tree,
  wanted: (path: string) => boolean,
  onEntries: (entries: readonly StoredEntry[]) => void | Promise<void>,
  { client }: Deps,
  activity: Activity,
): Promise<void> {
  const own = [
    ...madeDirectories(tree).map((path) => madeEntry(latin1Of(path))),
    ...tree.files.map(fileEntry),
  ].filter(({ name }) => wanted(name));
  if (own.length > 0) await onEntries(own);
  for (const { at, snapshot } of tree.trees) {
    await walk({ client, snapshot, at: latin1Of(at), wanted, onEntries }, activity);
  }
}

/** What lies at a path (latin1) of a part. */
type Found =
  | { readonly file: StoredFile }
  | { readonly planted: Planted; readonly below: string; readonly entry: KopiaEntry }
  | "made";

function unknownPath(path: string): StackholdError {
  return new StackholdError("UNKNOWN_PATH", `nothing is stored under ${textOf(path)}`);
}

async function locate(
  tree: Tree,
  path: string,
  { client }: Deps,
  activity: Pick<Activity, "signal">,
): Promise<Found> {
  const file = tree.files.find((one) => latin1Of(one.path) === path);
  if (file !== undefined) return { file };
  for (const planted of tree.trees) {
    const at = latin1Of(planted.at);
    if (path !== at && !isBelow(path, at)) continue;
    const below = path.slice(at === "" ? 0 : at.length + 1);
    const entry = await entryAt(client, planted.snapshot, below, activity);
    if (entry !== undefined) return { planted, below, entry };
  }
  if (madeDirectories(tree).some((made) => latin1Of(made) === path)) return "made";
  throw unknownPath(path);
}

/** UNKNOWN_PATH; USAGE for what is no regular file. */
export async function pourTree(
  tree: Tree,
  path: string,
  onBytes: (bytes: Uint8Array) => Promise<void>,
  deps: Deps,
  activity: Activity,
): Promise<void> {
  const found = await locate(tree, path, deps, activity);
  if (found !== "made" && "file" in found) return onBytes(found.file.content);
  if (found !== "made" && found.entry.type === "f") {
    return deps.client.stream(["show", found.entry.obj], onBytes, activity);
  }
  throw new StackholdError("USAGE", "only the content of a regular file can be printed", {
    hint: "write it to a place of its own with -o",
  });
}

/** Others than regular files are passed over. */
export async function pourFilesOfTree(
  tree: Tree,
  names: ReadonlySet<string>,
  onFile: (name: string, content: Uint8Array) => void | Promise<void>,
  deps: Deps,
  activity: Pick<Activity, "signal">,
): Promise<void> {
  for (const name of names) {
    const chunks: Uint8Array[] = [];
    const keep = async (bytes: Uint8Array) => void chunks.push(Buffer.from(bytes));
    try {
      await pourTree(tree, name, keep, deps, activity);
    } catch (error) {
      if (isErrorCode(error, "USAGE") || isErrorCode(error, "UNKNOWN_PATH")) continue;
      throw error;
    }
    await onFile(name, Buffer.concat(chunks));
  }
}

/** One entry with all below it, as `entry` within an existing empty directory. */
export async function fetchFromTree(
  tree: Tree,
  path: string,
  directory: string,
  deps: Deps,
  activity: Activity,
): Promise<Picked> {
  const place = join(directory, "entry");
  const found = await locate(tree, path, deps, activity);
  if (found !== "made" && "file" in found) {
    await write(directory, { ...found.file, path: "entry" });
    return { path: place, type: "file" };
  }
  if (found !== "made") {
    await restoreSnapshot(deps.client, found.planted.snapshot, found.below, place, activity);
    return { path: place, type: found.entry.type === "d" ? "directory" : "file" };
  }
  const whole = await mkdtemp(join(directory, "tree-"));
  try {
    await extractTree(tree, whole, deps, activity);
    await rename(join(whole, textOf(path)), place);
  } finally {
    await rm(whole, { recursive: true, force: true });
  }
  return { path: place, type: "directory" };
}
