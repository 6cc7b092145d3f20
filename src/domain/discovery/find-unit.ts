import { StackholdError } from "../../errors.ts";
import { didYouMean } from "../suggest.ts";
import type { Unit } from "../unit.ts";

/** By its exact name; UNKNOWN_UNIT names the one that was probably meant. */
export function findUnit(units: readonly Unit[], name: string): Unit {
  const found = units.find((unit) => unit.name === name);
  if (found !== undefined) return found;
  const names = units.map((unit) => unit.name);
  const guess = didYouMean(name, names);
  throw new StackholdError("UNKNOWN_UNIT", `there is no unit "${name}" on this host${guess}`, {
    hint: "`stackhold list units` shows the stacks and containers that were found",
  });
}
