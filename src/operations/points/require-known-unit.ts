import { unknownUnit } from "../../domain/discovery/find-unit.ts";
import { asStackholdError } from "../../errors.ts";
import type { Deps } from "../context.ts";
import { discoverUnits } from "../discover-units.ts";
import { gatherPoints } from "./gather-points.ts";
import { isYetToCome } from "./has-stored-in.ts";

export type KnownUnitDeps = Pick<
  Deps,
  "repositories" | "history" | "settings" | "engine" | "stackFiles"
>;

/** Undefined where the engine or a repository does not answer, so that more may be known. */
async function knownUnits(deps: KnownUnitDeps): Promise<string[] | undefined> {
  try {
    const { units } = await discoverUnits(deps.settings, deps);
    const isToCome = (repository: Deps["repositories"][number]) => isYetToCome(repository, deps);
    const { points, unreachable } = await gatherPoints(deps.repositories, {}, isToCome);
    if (unreachable.length > 0) return undefined;
    return [...new Set([...units.map(({ name }) => name), ...points.map(({ unit }) => unit)])];
  } catch (error) {
    if (asStackholdError(error).code === "INTERNAL") throw error;
    return undefined;
  }
}

/**
 * UNKNOWN_UNIT, with what was probably meant, for a name that no unit of this host, no point and no
 * run has. Passes where that cannot be told.
 */
export async function requireKnownUnit(name: string, deps: KnownUnitDeps): Promise<void> {
  if (deps.history.runs({ unit: name, limit: 1 }).length > 0) return;
  const known = await knownUnits(deps);
  if (known !== undefined && !known.includes(name)) throw unknownUnit(name, known);
}
