import { isStored } from "./choose-parts.ts";
import type { Manifest } from "./manifest.ts";
import { type PartPattern, parsePart } from "./part.ts";

/** A volume or directory of a unit that its point was stored without. */
export interface Lacking {
  /** `KIND:NAME`. */
  readonly part: string;
  readonly why: string;
}

export interface AskedFor {
  readonly parts: readonly PartPattern[];
  readonly services: readonly string[];
}

const isData = (what: string) => /^(volume|bind):./s.test(what) || what === "project";

/** Rules by which somebody's data is left out whole; others are of what holds none. */
const isLeftOut = (rule: string) =>
  rule.startsWith("label stackhold.enable") || rule === "include_data: false";

/** All that a point lacks, but for gaps that `accepted` names. */
export function lackingIn(
  { coverage: { gaps, excluded } }: Pick<Manifest, "coverage">,
  accepted: readonly string[] = [],
): Lacking[] {
  const found = new Map<string, Lacking>();
  for (const { what, why } of gaps) {
    if (isData(what) && !accepted.includes(what)) found.set(what, { part: what, why });
  }
  for (const { what, rule } of excluded) {
    if (isData(what) && isLeftOut(rule)) found.set(what, { part: what, why: `left out: ${rule}` });
  }
  return [...found.values()];
}

/** How parts may be called that the containers of these services mount. */
function mountedBy({ services }: AskedFor, { members, stack }: Manifest): Set<string> {
  const mounts = members
    .filter(({ service }) => service !== undefined && services.includes(service))
    .flatMap((member) => member.mounts);
  const prefix = `${stack?.project}_`;
  return new Set(
    mounts.flatMap(({ source, volume }) =>
      volume === undefined
        ? [`bind:${source}`]
        : [
            `volume:${volume}`,
            ...(volume.startsWith(prefix) ? [`volume:${volume.slice(prefix.length)}`] : []),
          ],
    ),
  );
}

/** What of it a restore was meant to bring back. */
export function missedBy(
  asked: AskedFor,
  manifest: Manifest,
  accepted: readonly string[],
): Lacking[] {
  const lacking = lackingIn(manifest, accepted);
  if (asked.parts.length === 0 && asked.services.length === 0) return lacking;
  const kinds = asked.parts.flatMap(({ kind, name }) => (name === undefined ? [kind] : []));
  const mounted = mountedBy(asked, manifest);
  return lacking.filter(({ part }) => kinds.includes(parsePart(part).kind) || mounted.has(part));
}

/** Whether a point has the data of a part, be it stored by itself or with what is around it. */
export function hasPart(part: string, manifest: Manifest): boolean {
  if (lackingIn(manifest).some((lacking) => lacking.part === part)) return false;
  return isStored(parsePart(part), manifest);
}
