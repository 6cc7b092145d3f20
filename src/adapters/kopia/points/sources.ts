import type { PartId } from "../../../domain/part.ts";
import type { PointRef } from "../../../ports/repository.ts";

/** What a snapshot of Stackhold holds. */
export type SnapshotType = PartId["kind"] | "manifest" | "sidecar" | "image";

/** Of Kopia's source: whoever runs Stackhold, its points are one series. */
const user = "stackhold";

/** Stable, so that Kopia compares a part with what it stored of it before. */
export function partSource(ref: PointRef, { kind, name }: PartId): string {
  return sourceOf(ref, kind, name);
}

/** Of what stands beside the parts; a source of its own, since another tree would spoil that comparison. */
export function sidecarSource(ref: PointRef): string {
  return sourceOf(ref, "sidecar", "");
}

export function imageSource(ref: PointRef, id: string): string {
  return sourceOf(ref, "image", id);
}

export function manifestSource(ref: PointRef): string {
  return sourceOf(ref, "manifest", "");
}

function sourceOf({ host, unit }: PointRef, kind: string, name: string): string {
  const path = ["", unitWord(unit), kind];
  return `${ownerOf(host)}:${[...path, ...(name === "" ? [] : [name])].join("/")}`;
}

/** All sources of a host's points, as Kopia's policies name them. */
export function ownerOf(host: string): string {
  return `${user}@${hostWord(host)}`;
}

export function unitWord(unit: string): string {
  return unit.replaceAll("%", "%25").replaceAll("/", "%2F");
}

/** The unit that a source of a host's is of, as in its path; undefined for anybody else's. */
export function unitWordOf(
  source: { readonly userName: string; readonly host: string; readonly path: string },
  host: string,
): string | undefined {
  if (!isOurs(source) || source.host !== hostWord(host)) return undefined;
  return source.path.split("/")[1];
}

/** Kopia reads `user@host:path`; the host's own name is in a tag. */
function hostWord(host: string): string {
  return host.replace(/[@:/%\s]/g, encodeURIComponent);
}

export function isOurs(source: { readonly userName: string }): boolean {
  return source.userName === user;
}

/** The source as Kopia prints it. */
export function formatSource(source: {
  readonly userName: string;
  readonly host: string;
  readonly path: string;
}): string {
  return `${source.userName}@${source.host}:${source.path}`;
}
