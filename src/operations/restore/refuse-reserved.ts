import type { Manifest } from "../../domain/manifest.ts";
import { formatPart } from "../../domain/part.ts";
import {
  isHostPath,
  type ReservedPath,
  refusal,
  reservedWithin,
} from "../../domain/refused-paths.ts";
import { boundDevice } from "../../domain/unit.ts";
import { StackholdError } from "../../errors.ts";
import type { Deps } from "../context.ts";
import { reservedPaths } from "../reserved-paths.ts";
import { type Placement, volumeNameNow } from "./placements.ts";
import { replacedPaths } from "./replaced-paths.ts";
import type { Survey } from "./survey.ts";

const elsewhere = "what is there was not touched: restore with --to directory:DIR";

/** A volume of the engine's own lies in its data root; one that is a host directory is judged as such. */
function isOwnVolume({ part }: Placement, device: string | undefined): boolean {
  return part.kind === "volume" && device === undefined;
}

function reason(path: string, reserved: readonly ReservedPath[]): string | undefined {
  if (isHostPath(path)) return "it belongs to the machine, not to the unit";
  return refusal(path, reserved);
}

/**
 * Throws before anything is touched where a restore would move away what no capture stores: the
 * repository, Stackhold's own directories, the engine's data root, or the machine's own files.
 */
export async function refuseReserved(
  placed: readonly Placement[],
  manifest: Manifest,
  now: Survey,
  withProject: boolean,
  dataRoot: string,
  deps: Deps,
): Promise<void> {
  const reserved = await reservedPaths(dataRoot, deps);
  const recorded = new Map(manifest.volumes.map((volume) => [volume.name, volume]));
  for (const placement of placed) {
    const { part, target } = placement;
    const name = part.kind === "volume" ? volumeNameNow(part, manifest, now.members) : undefined;
    // What Compose will make of a volume that is gone is what it was.
    const volume = now.volumes.get(name ?? "") ?? recorded.get(part.source);
    const device = volume === undefined ? undefined : boundDevice(volume);
    const place = { ...placement, target: target ?? device };
    for (const path of replacedPaths(place, manifest, withProject)) {
      const probe = await deps.capture.probe(path);
      const paths = [...new Set([path, probe.realPath])];
      const refused = isOwnVolume(place, device)
        ? undefined
        : paths.map((each) => reason(each, reserved)).find((why) => why !== undefined);
      if (refused !== undefined) {
        throw new StackholdError(
          "RESTORE_FAILED",
          `${formatPart(part)} cannot be restored to ${path}: ${refused}`,
          { hint: elsewhere },
        );
      }
      if (probe.type === "missing") continue;
      const [within] = paths.flatMap((each) => reservedWithin(each, reserved) ?? []);
      if (within === undefined) continue;
      throw new StackholdError(
        "RESTORE_FAILED",
        `${path} cannot be replaced: ${within.path} lies in it, which is ${within.what}`,
        { hint: `${elsewhere}, or move ${within.what} out of ${path} first` },
      );
    }
  }
}
