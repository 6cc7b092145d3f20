import type { Manifest, StoredPart } from "../../domain/manifest.ts";
import type { Member } from "../../domain/unit.ts";
import { StackholdError } from "../../errors.ts";
import { pairUp } from "./pair-up.ts";
import type { Survey } from "./survey.ts";

/** Where a part goes. A volume that does not exist yet has no target until Compose made it. */
export interface Placement {
  readonly part: StoredPart;
  /** Host path. */
  readonly target: string | undefined;
}

/** The engine's name of a part's volume as of now: an anonymous one is found by who mounts it. */
export function volumeNameNow(
  part: StoredPart,
  manifest: Manifest,
  members: readonly Member[],
): string | undefined {
  const recorded = manifest.volumes.find((volume) => volume.name === part.source);
  if (recorded?.anonymous !== true) return part.source;
  for (const [member, now] of pairUp(manifest.members, members)) {
    const mount = member.mounts.find((m) => m.volume === part.source);
    const found = now.mounts.find((m) => m.destination === mount?.destination);
    if (found?.volume !== undefined) return found.volume;
  }
  return undefined;
}

function volumeTarget(part: StoredPart, manifest: Manifest, now: Survey): string | undefined {
  const name = volumeNameNow(part, manifest, now.members);
  const volume = name === undefined ? undefined : now.volumes.get(name);
  if (volume === undefined) return undefined;
  const bound = volume.options.o?.split(",").some((o) => o === "bind" || o === "rbind");
  return bound === true ? (volume.options.device ?? volume.mountpoint) : volume.mountpoint;
}

export function placements(manifest: Manifest, now: Survey): Placement[] {
  return manifest.parts.map((part) => {
    switch (part.kind) {
      case "volume":
        return { part, target: volumeTarget(part, manifest, now) };
      case "project":
        return { part, target: manifest.stack?.workingDir ?? part.source };
      case "bind":
        return { part, target: part.name };
      default:
        throw new StackholdError(
          "NOT_AVAILABLE",
          `parts of kind ${part.kind} cannot be restored yet`,
        );
    }
  });
}
