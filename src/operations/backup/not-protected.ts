import type { UnitPolicy } from "../../domain/policy.ts";
import type { Unprotected } from "../../domain/sources/candidates.ts";
import { StackholdError } from "../../errors.ts";

export function openGaps(
  gaps: readonly Unprotected[],
  { accept }: Pick<UnitPolicy, "accept">,
): readonly Unprotected[] {
  return gaps.filter((gap) => !accept.includes(gap.what));
}

/** Why a strict backup stops nothing. */
export function notProtected(unit: string, gaps: readonly Unprotected[]): StackholdError {
  const named = gaps.map((gap) => `${gap.what}: ${gap.why}`).join("; ");
  return new StackholdError("BACKUP_FAILED", `${unit} is not fully protected: ${named}`, {
    hint: "mend it, name it under `accept`, or back up without --strict; nothing was stopped",
  });
}
