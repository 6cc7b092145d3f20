import type { Manifest, StoredPart } from "../manifest.ts";
import { isInside } from "../refused-paths.ts";
import type { CopiedContainer } from "./copied-container.ts";
import { type Move, moved } from "./moves.ts";

/** A standalone container's point as if it had been made of the copy. */
export interface CopiedManifest {
  readonly manifest: Manifest;
  /** By part of the copy, that of the point. */
  readonly parts: ReadonlyMap<StoredPart, StoredPart>;
  /** Data of the point that is none of the container's own. */
  readonly left: readonly StoredPart[];
}

type Copied = Pick<CopiedContainer, "volumes" | "binds" | "anonymous">;

function copiedPart(part: StoredPart, original: Manifest, copied: Copied, moves: readonly Move[]) {
  if (part.kind === "bind") {
    const isUsed = [...copied.binds].some(
      (source) => isInside(source, part.name) || isInside(source, part.source),
    );
    const to = moved(part.name, moves);
    return isUsed && to !== undefined ? { ...part, name: to, source: to } : undefined;
  }
  if (part.kind !== "volume") return undefined;
  const volume = copied.volumes.get(part.source);
  if (volume !== undefined) return { ...part, name: volume.name, source: volume.name };
  const mounts = original.members.flatMap((member) => member.mounts);
  const isOwn = mounts.some(
    (mount) => mount.volume === part.source && copied.anonymous.has(mount.destination),
  );
  return isOwn ? part : undefined;
}

export function copiedManifest(
  original: Manifest,
  name: string,
  copied: Copied,
  moves: readonly Move[],
): CopiedManifest {
  const parts = new Map<StoredPart, StoredPart>();
  const left: StoredPart[] = [];
  for (const part of original.parts) {
    const own = copiedPart(part, original, copied, moves);
    if (own !== undefined) parts.set(own, part);
    else if (part.kind === "volume" || part.kind === "bind") left.push(part);
  }
  const members = original.members.map((member) => ({
    ...member,
    name,
    mounts: member.mounts.map((mount) => {
      const volume = mount.volume === undefined ? undefined : copied.volumes.get(mount.volume);
      return volume === undefined ? mount : { ...mount, volume: volume.name };
    }),
  }));
  const volumes = original.volumes.map((one) => copied.volumes.get(one.name) ?? one);
  const manifest = { ...original, unit: name, members, volumes, parts: [...parts.keys()] };
  return { manifest, parts, left };
}
