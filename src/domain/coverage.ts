import type { Coverage } from "./manifest.ts";
import type { Unprotected } from "./sources/candidates.ts";
import type { SourcePlan } from "./sources/plan-sources.ts";

/** What a run says of gaps: only those that are new. */
export function gapWarnings({ gaps }: Pick<Coverage, "gaps">): string[] {
  return gaps.filter((gap) => gap.new).map((gap) => `not protected: ${gap.what}: ${gap.why}`);
}

/** A plan with what was found out later. What was to be stored whole and is a gap is not protected. */
export function withGaps(plan: SourcePlan, found: readonly Unprotected[]): SourcePlan {
  const lost = new Set(found.map(({ what }) => what));
  return {
    ...plan,
    protected: plan.protected.filter((name) => !lost.has(name)),
    gaps: [...plan.gaps, ...found],
  };
}

/**
 * The coverage of a plan. A gap is new unless the unit's last run named it too; one that `accept`
 * lists is never new.
 */
export function coverageOf(
  plan: SourcePlan,
  knownGaps: readonly string[],
  accepted: readonly string[],
): Coverage {
  const old = new Set([...knownGaps, ...accepted]);
  return {
    protected: [...plan.protected],
    excluded: plan.excluded.map((exclusion) => ({ ...exclusion })),
    gaps: plan.gaps.map((gap) => ({ ...gap, new: !old.has(gap.what) })),
  };
}
