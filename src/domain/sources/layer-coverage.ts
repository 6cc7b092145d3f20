import { compareText } from "../compare-text.ts";
import { counted } from "../text.ts";
import type { Member } from "../unit.ts";
import type { Exclusion, Unprotected } from "./candidates.ts";
import type { OwnChanges } from "./layer-changes.ts";

type Named = Pick<Member, "name" | "service" | "oneOff">;

/** A service stands for all of its containers. */
export function layerName({ name, service, oneOff }: Named): string {
  return `layer:${oneOff ? name : (service ?? name)}`;
}

export interface ChangedLayer {
  readonly member: Named;
  readonly changes: OwnChanges;
}

const shown = 200;

function gapOf(what: string, lost: readonly string[]): Unprotected {
  const [first = ""] = lost.toSorted(compareText);
  const path = first.slice(0, shown);
  const who =
    lost.length === 1
      ? `${path} was changed in the container itself and is`
      : `${counted(lost.length, "path", "paths")} were changed in the container itself, ${path} for one, and are`;
  return { what, why: `${who} in none of its mounts: lost when it is made anew` };
}

/** What containers hold outside of their mounts: a gap for each service. */
export function layerCoverage(
  layers: readonly ChangedLayer[],
  rule: (member: Named) => string | undefined,
): { readonly gaps: Unprotected[]; readonly excluded: Exclusion[] } {
  const gaps: Unprotected[] = [];
  const excluded: Exclusion[] = [];
  for (const [what, all] of Map.groupBy(layers, ({ member }) => layerName(member))) {
    const lost = all.flatMap(({ changes }) => changes.lost);
    const places = new Set(all.flatMap(({ changes }) => changes.temporary));
    const leftOut = all.map(({ member }) => rule(member)).find((one) => one !== undefined);
    if (lost.length > 0 && leftOut !== undefined) excluded.push({ what, rule: leftOut });
    else if (lost.length > 0) gaps.push(gapOf(what, lost));
    for (const place of places) {
      excluded.push({ what: `${place} in ${what}`, rule: "no data: temporary files" });
    }
  }
  return { gaps, excluded };
}
