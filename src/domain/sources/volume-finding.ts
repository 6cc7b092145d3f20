import { splitPatterns } from "../label-patterns.ts";
import { formatPart, type PartId } from "../part.ts";
import { boundDevice, mountOptionsOf, type Volume } from "../unit.ts";
import type { Finding } from "./candidates.ts";

/**
 * Compose prefixes a stack's volumes with the project; the part is named without it, unless the
 * unit has another volume of just that name.
 */
export function volumePartName(volume: string, project: string, all: ReadonlySet<string>): string {
  const prefix = `${project}_`;
  const short = volume.slice(prefix.length);
  const hasPrefix = project !== "" && volume.startsWith(prefix) && short !== "";
  return hasPrefix && !all.has(short) ? short : volume;
}

type Place =
  | { readonly path: string; readonly isBound?: boolean; readonly mountedOnUse?: string }
  | { readonly why: string }
  | "tmpfs";

function placeOf(volume: Volume): Place {
  const { driver, options, mountpoint } = volume;
  if (driver !== "local") {
    return { why: `its driver "${driver}" keeps the data where only it can read it` };
  }
  if (options.type === "tmpfs") return "tmpfs";
  const bound = boundDevice(volume);
  if (bound !== undefined) return { path: bound, isBound: true };
  const mounted = mountOptionsOf(volume);
  if (mounted === undefined) return { path: mountpoint };
  return {
    path: mountpoint,
    mountedOnUse: `it is a volume of type ${mounted.type} at ${mounted.device}`,
  };
}

/** What the labels of a volume ask for. */
export function volumeLabels({ labels }: Pick<Volume, "labels">) {
  return {
    isOff: labels["stackhold.enable"] === "false",
    exclude: splitPatterns(labels["stackhold.exclude"] ?? ""),
  };
}

/** What a mounted volume is: something to capture, something left out, or a gap. */
export function findVolume(part: PartId, name: string, volume: Volume | undefined): Finding {
  const what = formatPart(part);
  if (volume === undefined) {
    return { gap: { what, why: "the engine does not know this volume" } };
  }
  const { isOff, exclude } = volumeLabels(volume);
  const rule = "label stackhold.enable of the volume";
  const place = placeOf(volume);
  if (place === "tmpfs") return { excluded: { what, rule: "no data: tmpfs" } };
  if ("why" in place) {
    return isOff ? { excluded: { what, rule } } : { gap: { what, why: place.why } };
  }
  const candidate = { ...part, source: name, ...place, exclude };
  return isOff ? { candidate, rule } : { candidate };
}
