import { isHostPath, isInside } from "../refused-paths.ts";
import { type Move, moved } from "./moves.ts";

/** What a bind of the original becomes in a copy. */
export type BindPlace =
  /** Nobody's data: a file of the host, a socket, a device. */
  | { readonly kind: "kept" }
  | { readonly kind: "copied"; readonly source: string }
  /** In a copied tree, but left out of the point. */
  | { readonly kind: "empty"; readonly source: string }
  /** Not in the point: the original's own data, which the copy may only read. */
  | { readonly kind: "shared" }
  /** Neither in the point nor on this host. */
  | { readonly kind: "gone" };

/** What lies at a path, symbolic links followed. */
export interface Looked {
  readonly type: string;
  readonly realPath: string;
}

/**
 * `look` tells of the source itself and of where it is in the copy. A link in the copy that leads
 * out of it leads to the original's data.
 */
export function bindPlace(
  source: string,
  moves: readonly Move[],
  roots: readonly string[],
  look: (path: string) => Looked,
): BindPlace {
  const target = moved(source, moves);
  const there = target === undefined ? undefined : look(target);
  if (target !== undefined && there !== undefined) {
    const isOwn = roots.some((root) => isInside(there.realPath, root));
    if (there.type === "missing") return { kind: "empty", source: target };
    if (isOwn) return { kind: "copied", source: target };
  }
  const { type, realPath } = look(source);
  if (isHostPath(source) || isHostPath(realPath)) return { kind: "kept" };
  if (type === "missing") return { kind: "gone" };
  return type === "directory" || type === "file" || type === "unreadable"
    ? { kind: "shared" }
    : { kind: "kept" };
}
