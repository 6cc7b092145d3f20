import { isInside } from "../../domain/refused-paths.ts";
import type { Swap } from "../../ports/capture.ts";
import type { Deps } from "../context.ts";

/** An entry of a staged tree by the path at which it really lies, symbolic links followed. */
export interface Inside {
  readonly path: string;
  readonly type: "directory" | "file";
}

/**
 * Where what a member mounts lies in the staged tree. Undefined where it is not there: a link that
 * leads out belongs to the tree, and what it leads to is a part of its own.
 */
export async function findInside(
  relative: string,
  whole: Swap,
  deps: Deps,
): Promise<Inside | undefined> {
  const root = (await deps.capture.probe(whole.staged)).realPath;
  const within = (path: string, directory: string) =>
    isInside(path, directory) ? path.slice(directory.length + 1) : undefined;
  const { realPath } = await deps.capture.probe(`${root}/${relative}`);
  // An absolute link leads to where the tree is now, and means the place in it.
  const path = within(realPath, root) ?? within(realPath, whole.target);
  if (path === undefined || path === "") return undefined;
  const found = await deps.capture.probe(`${root}/${path}`);
  if (found.realPath !== `${root}/${path}`) return undefined;
  return found.type === "directory" || found.type === "file"
    ? { path, type: found.type }
    : undefined;
}

/** A link is swapped as itself, whatever it leads to. */
export async function typeInside(
  relative: string,
  whole: Swap,
  deps: Deps,
): Promise<Inside["type"]> {
  const root = (await deps.capture.probe(whole.staged)).realPath;
  const { type, realPath } = await deps.capture.probe(`${root}/${relative}`);
  return type === "directory" && realPath === `${root}/${relative}` ? "directory" : "file";
}
