import { isInside } from "../../domain/refused-paths.ts";
import { roomFor } from "../../domain/room.ts";
import type { PointReader } from "../../ports/repository.ts";
import type { Deps } from "../context.ts";
import type { Placement } from "./placements.ts";
import { dataInside } from "./replaced-paths.ts";
import type { Arrival } from "./require-space.ts";

/**
 * Data of a project directory on file systems of its own: it needs the room there as well. Only the
 * part's table tells how much, so it is read where there is such a place. Holes are not known by
 * file: of the part as a whole they are.
 */
export async function arrivalsOnOwnDisks(
  placed: readonly Placement[],
  reader: Pick<PointReader, "manifest" | "list">,
  { capture }: Pick<Deps, "capture">,
  signal: AbortSignal,
): Promise<Arrival[]> {
  const project = placed.find(({ part, only }) => part.kind === "project" && only === undefined);
  if (project?.target === undefined) return [];
  const { part, target } = project;
  const sums = new Map<string, number>();
  for (const path of dataInside(reader.manifest, target)) {
    if ((await capture.probe(path)).isMountPoint === true) sums.set(path, 0);
  }
  if (sums.size === 0) return [];
  await reader.list(
    part,
    () => true,
    (entries) => {
      for (const { name, size, hardLinkTo } of entries) {
        const path = `${target}/${Buffer.from(name, "latin1").toString("utf8")}`;
        const place = [...sums.keys()].find((one) => isInside(path, one));
        if (place === undefined || hardLinkTo !== undefined) continue;
        sums.set(place, (sums.get(place) ?? 0) + size);
      }
    },
    { signal },
  );
  return [...sums].map(([path, sum]) => ({ path, part: { bytes: Math.min(sum, roomFor(part)) } }));
}
