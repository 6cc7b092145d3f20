import type { Deps } from "./context.ts";

/** A run that failed may not have looked at everything, and what it says is about its failure. */
const lookBack = 20;

/** What the unit's last backup that has a point did not protect. */
export function knownGaps(unit: string, { history }: Pick<Deps, "history">): readonly string[] {
  const last = history
    .outcomes(unit, lookBack)
    .find(({ status }) => status === "succeeded" || status === "warning");
  return last?.gaps ?? [];
}
