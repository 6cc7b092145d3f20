import type { UnitPolicy } from "../domain/policy.ts";
import type { Unit } from "../domain/unit.ts";
import { isErrorCode, type StackholdError } from "../errors.ts";

/** CONFIG_INVALID where a label of the unit's containers cannot be read. */
export type PolicyFor = (unit: Unit) => UnitPolicy;

export interface WeighedPolicy {
  readonly policy: UnitPolicy;
  /** Why the labels are not heeded. */
  readonly problem?: StackholdError;
}

/** A label that cannot be read concerns its own unit: everybody else goes by the rest. */
export function policyOf(unit: Unit, policyFor: PolicyFor): WeighedPolicy {
  try {
    return { policy: policyFor(unit) };
  } catch (error) {
    if (!isErrorCode(error, "CONFIG_INVALID")) throw error;
    const problem = error as StackholdError;
    return { policy: policyFor({ ...unit, containers: [] }), problem };
  }
}
