import type { StoredPart } from "./manifest.ts";
import { formatPart } from "./part.ts";
import type { ExcludeRule } from "./policy.ts";
import { isInside } from "./refused-paths.ts";
import type { Exclusion } from "./sources/candidates.ts";

/** Only rules of patterns are called after the setting or the label `exclude`. */
const isPatternRule = (rule: string) => /\bexclude\b/.test(rule);

/** The gitignore patterns that a part was stored without, relative to its root. */
export function patternsOf(part: StoredPart, excluded: readonly Exclusion[]): ExcludeRule[] {
  return excluded
    .filter(({ rule }) => isPatternRule(rule))
    .flatMap(({ what, rule }) => {
      if (!rule.endsWith(" of the volume")) return [{ pattern: what, rule }];
      const end = ` in ${formatPart(part)}`;
      return what.endsWith(end) ? [{ pattern: what.slice(0, -end.length), rule }] : [];
    });
}

/** The same for a directory below the root; a pattern that is anchored elsewhere is none there. */
export function patternsBelow(rules: readonly ExcludeRule[], relative: string): ExcludeRule[] {
  if (relative === "") return [...rules];
  return rules.flatMap((rule) => {
    const negated = rule.pattern.startsWith("!") ? "!" : "";
    const bare = rule.pattern.slice(negated.length);
    const isFree = !bare.slice(0, -1).includes("/") || bare.startsWith("**/");
    if (isFree) return [rule];
    const path = bare.startsWith("/") ? bare.slice(1) : bare;
    if (!path.startsWith(`${relative}/`)) return [];
    return [{ ...rule, pattern: `${negated}/${path.slice(relative.length + 1)}` }];
  });
}

/** Mounts below a path that were left out whole, by their host paths. */
export function placesLeftOut(
  path: string,
  excluded: readonly Exclusion[],
): { readonly path: string; readonly rule: string }[] {
  return excluded
    .filter(({ what }) => what.startsWith("bind:"))
    .map(({ what, rule }) => ({ path: what.slice("bind:".length), rule }))
    .filter((place) => place.path !== path && isInside(place.path, path));
}
