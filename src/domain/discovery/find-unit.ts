import { StackholdError } from "../../errors.ts";
import { didYouMean } from "../suggest.ts";
import type { Unit } from "../unit.ts";

export function unknownUnit(name: string, known: readonly string[]): StackholdError {
  const guess = didYouMean(name, known);
  return new StackholdError("UNKNOWN_UNIT", `there is no unit "${name}" on this host${guess}`, {
    hint: "`stackhold list units` shows the stacks and containers that were found",
  });
}

/** By its exact name; UNKNOWN_UNIT names the one that was probably meant. */
export function findUnit(units: readonly Unit[], name: string): Unit {
  const found = units.find((unit) => unit.name === name);
  if (found !== undefined) return found;
  throw unknownUnit(
    name,
    units.map((unit) => unit.name),
  );
}
