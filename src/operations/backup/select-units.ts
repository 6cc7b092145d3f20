import { findUnit } from "../../domain/discovery/find-unit.ts";
import { didYouMean } from "../../domain/suggest.ts";
import type { Unit } from "../../domain/unit.ts";
import { StackholdError } from "../../errors.ts";
import { type PolicyFor, policyOf } from "../policy-of.ts";

/** Where the configuration names a unit. */
export interface Mention {
  readonly key: string;
  readonly unit: string;
}

export interface Selection {
  /** Named on the command line or in `backup.units`; empty: all. */
  readonly units: readonly string[];
  readonly skip: readonly string[];
  readonly policyFor: PolicyFor;
}

/** A unit that the configuration names and that is not here is told: it may be a typo. */
export function unknownMentions(found: readonly Unit[], mentions: readonly Mention[]): string[] {
  const names = found.map((unit) => unit.name);
  return mentions
    .filter(({ unit }) => !names.includes(unit))
    .map(({ key, unit }) => `${key} names "${unit}", which is not here${didYouMean(unit, names)}`);
}

/**
 * The units of a run, each once: those named, in that order, even if their labels disable them; or
 * all by name, without those that are skipped or disabled.
 */
export function selectUnits(found: readonly Unit[], selection: Selection): Unit[] {
  if (selection.units.length > 0) {
    const named = selection.units.map((name) => findUnit(found, name));
    return [...new Set(named)];
  }
  const chosen = found.filter(
    (unit) =>
      !selection.skip.includes(unit.name) && policyOf(unit, selection.policyFor).policy.enable,
  );
  if (chosen.length > 0) return chosen;
  throw new StackholdError("UNKNOWN_UNIT", "there is nothing to back up on this engine", {
    hint: "no container and no stack directory was found: check docker.host and stacks_dir",
  });
}
