import { isStored } from "./choose-parts.ts";
import type { Manifest } from "./manifest.ts";
import { type PartPattern, parsePart } from "./part.ts";
import { isNeverCaptured } from "./refused-paths.ts";

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

/** Rules by which somebody wants data left out whole; others are of what holds none. */
const isLeftOut = (rule: string) =>
  rule.startsWith("label stackhold.enable") || rule === "include_data: false";

/**
 * What a point was meant to have and lacks: its gaps, but for those that `accepted` names, and what is never
 * captured. What somebody wants left out is no news.
 */
function lackingIn(
  { coverage: { gaps } }: Pick<Manifest, "coverage">,
  accepted: readonly string[] = [],
): Lacking[] {
  const found = new Map<string, Lacking>();
  for (const { what, why } of gaps) {
    const isMeant = !accepted.includes(what) && !isNeverCaptured(why);
    if (isData(what) && isMeant) found.set(what, { part: what, why });
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
  const { excluded } = manifest.coverage;
  if (excluded.some(({ what, rule }) => what === part && isLeftOut(rule))) return false;
  if (lackingIn(manifest).some((lacking) => lacking.part === part)) return false;
  return isStored(parsePart(part), manifest);
}
