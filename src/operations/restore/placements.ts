import type { InnerPart } from "../../domain/choose-parts.ts";
import type { Manifest, StoredPart } from "../../domain/manifest.ts";
import { boundDevice, type Member, type Volume } from "../../domain/unit.ts";
import { StackholdError } from "../../errors.ts";
import { pairUp } from "./pair-up.ts";
import type { Survey } from "./survey.ts";

/** Where a part goes. A volume that does not exist yet has no target until Compose made it. */
export interface Placement {
  readonly part: StoredPart;
  /** Host path. */
  readonly target: string | undefined;
  readonly only?: readonly InnerPart[];
}

/** Host paths whose content a restore of the part replaces. */
export function reachOf({ target, only }: Placement): string[] {
  if (target === undefined) return [];
  return only?.map(({ path }) => `${target}/${path}`) ?? [target];
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

/** Host path of a volume's data: elsewhere where it is only another name of a directory. */
export function dataPathOf(volume: Volume): string {
  return boundDevice(volume) ?? volume.mountpoint;
}

/**
 * Of volumes that are gone and will be made as these are: the data of one that is a host directory
 * by another name goes to that directory, where something may be that nobody must lose.
 */
export function placedAtDevices(
  placed: readonly Placement[],
  made: readonly Pick<Volume, "name" | "options">[],
): Placement[] {
  return placed.map((placement) => {
    const { part, target } = placement;
    if (target !== undefined || part.kind !== "volume") return placement;
    const volume = made.find(({ name }) => name === part.source);
    return { ...placement, target: volume && boundDevice(volume) };
  });
}

function volumeTarget(part: StoredPart, manifest: Manifest, now: Survey): string | undefined {
  const name = volumeNameNow(part, manifest, now.members);
  const volume = name === undefined ? undefined : now.volumes.get(name);
  return volume === undefined ? undefined : dataPathOf(volume);
}

function targetOf(part: StoredPart, manifest: Manifest, now: Survey): string | undefined {
  switch (part.kind) {
    case "volume":
      return volumeTarget(part, manifest, now);
    case "project":
      return manifest.stack?.workingDir ?? part.source;
    case "bind":
      return part.name;
    default:
      throw new StackholdError(
        "NOT_AVAILABLE",
        `parts of kind ${part.kind} cannot be restored in place yet`,
        { hint: "--to directory:DIR unpacks them" },
      );
  }
}

export function placements(
  chosen: readonly Omit<Placement, "target">[],
  manifest: Manifest,
  now: Survey,
): Placement[] {
  return chosen.map((one) => ({ ...one, target: targetOf(one.part, manifest, now) }));
}
