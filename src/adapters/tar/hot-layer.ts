import type { KeptHot, Layers } from "../../ports/capture.ts";

/** The archive of a hot layer, which holds all of it or what is not kept elsewhere. */
export function archiveOf(hot: Layers["hot"]): string {
  return typeof hot === "string" ? hot : hot.rest;
}

/** The archives of a part in the order in which they are applied. */
export function archivesOf({ hot, delta }: Layers): string[] {
  return delta === undefined ? [archiveOf(hot)] : [archiveOf(hot), delta];
}

/** Where the files are kept elsewhere, that. */
export function keptOf({ hot }: Layers): KeptHot | undefined {
  return typeof hot === "string" ? undefined : hot;
}
