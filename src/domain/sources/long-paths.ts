import { formatPart, type PartId } from "../part.ts";
import { counted } from "../text.ts";
import type { Unprotected } from "./candidates.ts";

const shown = 200;

export function longPathsIn(part: PartId): string {
  return `long paths in ${formatPart(part)}`;
}

/** Entries whose paths are too long to be unpacked again, as somebody counted them. */
export function longPathsGap(
  part: PartId,
  { count, first }: { readonly count: number; readonly first: string },
): Unprotected {
  const [is, path] = count === 1 ? ["is", "its path"] : ["are", "their paths"];
  return {
    what: longPathsIn(part),
    why: `${counted(count, "entry", "entries")} ${is} left out with all below, since ${path} would be too long to restore; the first begins with ${first.slice(0, shown)}`,
  };
}
