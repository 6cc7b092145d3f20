import { isUtf8 } from "node:buffer";
import type { StoredPart } from "../../domain/manifest.ts";
import { isInside } from "../../domain/refused-paths.ts";
import type { StoredEntry } from "../../domain/stored-entry.ts";
import type { PointReader } from "../../ports/repository.ts";
import type { Context, Deps } from "../context.ts";

/** Of one file; what is larger is hardly a stack's description. */
const largestFile = 1 << 20;

export interface Known {
  readonly path: string;
  readonly entry: StoredEntry;
}

const textOf = (latin1: string) => Buffer.from(latin1, "latin1");

/** Entries of the point that lie at or below none of the paths `apart`; parents before children. */
export async function projectEntries(
  reader: PointReader,
  { part, target }: { readonly part: StoredPart; readonly target: string },
  apart: readonly string[],
  { signal }: Pick<Context, "signal">,
): Promise<{ readonly entries: readonly Known[]; readonly unnamed: number }> {
  const entries: Known[] = [];
  let unnamed = 0;
  const note = (found: readonly StoredEntry[]) => {
    for (const entry of found) {
      const bytes = textOf(entry.name);
      const path = bytes.toString("utf8");
      if (path === "" || apart.some((place) => isInside(`${target}/${path}`, place))) continue;
      if (!isUtf8(bytes)) unnamed += 1;
      else entries.push({ path, entry });
    }
  };
  await reader.list(part, () => true, note, { signal });
  return { entries: entries.toSorted((a, b) => (a.path < b.path ? -1 : 1)), unnamed };
}

function isBelowAny(path: string, directories: ReadonlySet<string>): boolean {
  const end = path.lastIndexOf("/");
  if (end < 0) return false;
  const parent = path.slice(0, end);
  return directories.has(parent) || isBelowAny(parent, directories);
}

type State = "missing" | "otherwise" | "comparable" | "large" | "same";

async function stateOf({ path, entry }: Known, root: string, { capture }: Deps): Promise<State> {
  const link = await capture.linkWithin(root, path);
  if (link !== undefined) {
    const target = textOf(entry.target ?? "").toString("utf8");
    return link.name === path && entry.type === "l" && link.to === target ? "same" : "otherwise";
  }
  const { type } = await capture.probe(`${root}/${path}`);
  if (type === "missing") return "missing";
  if (entry.type === "d") return type === "directory" ? "same" : "otherwise";
  if (entry.type === "l" || (entry.type === "f" && type !== "file")) return "otherwise";
  if (entry.type !== "f") return "same";
  return entry.size > largestFile ? "large" : "comparable";
}

/** Which of them are not there, or something else by now, topmost only; and which can be compared. */
export async function judge(entries: readonly Known[], target: string, deps: Deps) {
  const root = (await deps.capture.probe(target)).realPath;
  const missing = new Set<string>();
  const otherwise = new Set<string>();
  const comparable: Known[] = [];
  let tooLarge = 0;
  for (const known of entries) {
    const { path } = known;
    if (isBelowAny(path, missing) || isBelowAny(path, otherwise)) continue;
    const state = await stateOf(known, root, deps);
    if (state === "missing") missing.add(path);
    else if (state === "otherwise") otherwise.add(path);
    else if (state === "comparable") comparable.push(known);
    else if (state === "large") tooLarge += 1;
  }
  return { root, missing: [...missing], otherwise: [...otherwise], comparable, tooLarge };
}
