import type { StoredPart } from "../../../domain/manifest.ts";
import { entriesOf, type Snapshot, sizeOf } from "../snapshots.ts";
import type { StoredFile } from "./stored-file.ts";

/** A snapshot of a directory or of a file at its place in a part; empty for the part's root. */
export interface Planted {
  readonly at: string;
  readonly snapshot: Snapshot;
}

/** Where the content of a part is. */
export type Content =
  | { readonly form: "stream"; readonly snapshot: Snapshot }
  | {
      readonly form: "tree";
      readonly files: readonly StoredFile[];
      readonly trees: readonly Planted[];
    }
  /** There is nothing that could be restored. */
  | { readonly form: "lost"; readonly why: string };

export interface FoundPart {
  readonly part: StoredPart;
  readonly content: Content;
  /** What it lacks although it can be restored. */
  readonly lacks: readonly string[];
}

/** Directories in which something lies, each before what is in it; empty for the root. */
export function directoriesOf(paths: readonly string[]): string[] {
  const found = new Set<string>([""]);
  for (const path of paths) {
    const steps = path.split("/");
    for (let depth = 1; depth < steps.length; depth += 1) {
      found.add(steps.slice(0, depth).join("/"));
    }
  }
  return [...found].toSorted();
}

/** A part that is a file, not a directory. */
export function isSingleFile({ files, trees }: Extract<Content, { form: "tree" }>): boolean {
  return files.length === 0 && trees.length === 1 && trees[0]?.snapshot.rootEntry?.type === "f";
}

export function measureOf(content: Content): { readonly bytes: number; readonly files: number } {
  if (content.form === "lost") return { bytes: 0, files: 0 };
  // What a stream holds is only known once it is read.
  if (content.form === "stream") return { bytes: sizeOf(content.snapshot), files: 0 };
  const { files, trees } = content;
  const sum = (amounts: readonly number[]) => amounts.reduce((all, one) => all + one, 0);
  const isRoot = isSingleFile(content) || trees.some(({ at }) => at === "");
  const around = [...files.map(({ path }) => path), ...trees.map(({ at }) => at)];
  return {
    bytes:
      sum(files.map((file) => file.content.length)) +
      sum(trees.map(({ snapshot }) => sizeOf(snapshot))),
    files:
      files.length +
      sum(trees.map(({ snapshot }) => entriesOf(snapshot))) +
      (isRoot ? 0 : directoriesOf(around).length),
  };
}
