import type { Manifest } from "../manifest.ts";
import { isInside } from "../refused-paths.ts";

/** A tree of the original and where its copy lies. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/** The trees of a point that lie in directories of the host, by part. */
export function treesOf({ parts, stack }: Manifest) {
  return parts.flatMap((part) => {
    if (part.kind === "bind") return [{ part, path: part.name }];
    return part.kind === "project" ? [{ part, path: stack?.workingDir ?? part.source }] : [];
  });
}

/** Beside the original. */
export function besideOf(path: string, project: string): string {
  return `${path}-${project}`;
}

function follow(path: string, from: string, to: string): string {
  return `${to}${path.slice(from.length)}`;
}

function nearest<T>(path: string, moves: readonly T[], rootOf: (move: T) => string): T | undefined {
  return moves
    .filter((move) => isInside(path, rootOf(move)))
    .toSorted((a, b) => rootOf(b).length - rootOf(a).length)[0];
}

/**
 * Where the copy has what the original has at a path; undefined where no part holds it. A path
 * that leads into the copy already means what the original has in its place.
 */
export function moved(path: string, moves: readonly Move[]): string | undefined {
  const there = nearest(path, moves, ({ to }) => to);
  const original = there === undefined ? path : follow(path, there.to, there.from);
  const move = nearest(original, moves, ({ from }) => from);
  return move && follow(original, move.from, move.to);
}
