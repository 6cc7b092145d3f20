import type { Freeze } from "./manifest.ts";
import type { FreezeChoice } from "./policy.ts";

/** What a source's file system can do. A text says why it cannot. */
export interface FreezeAbilities {
  readonly twoPhase: true | string;
  /** `cheap`: in next to no time, whatever the size. */
  readonly snapshot: "cheap" | "possible" | string;
}

export interface FreezeDecision {
  readonly way: Freeze;
  /** Why it is not the way that was asked for, or not a short one. */
  readonly why?: string;
}

const snapshotIsPossible = ({ snapshot }: FreezeAbilities) =>
  snapshot === "cheap" || snapshot === "possible";

/** Two passes, else everything at rest. */
function inTwoPasses({ twoPhase }: FreezeAbilities, why?: string): FreezeDecision {
  const reasons = [why, twoPhase === true ? undefined : twoPhase].filter((r) => r !== undefined);
  const way = twoPhase === true ? "two-phase" : "none";
  return reasons.length === 0 ? { way } : { way, why: reasons.join("; ") };
}

/** `auto` takes the way that costs the shortest outage; what cannot be done falls back, and says why. */
export function decideFreeze(choice: FreezeChoice, abilities: FreezeAbilities): FreezeDecision {
  if (choice === "none") return { way: "none" };
  if (choice === "two-phase") return inTwoPasses(abilities);
  if (choice === "auto") {
    return abilities.snapshot === "cheap" ? { way: "snapshot" } : inTwoPasses(abilities);
  }
  if (snapshotIsPossible(abilities)) return { way: "snapshot" };
  return inTwoPasses(abilities, `no snapshot: ${abilities.snapshot}`);
}

const longestFirst: readonly Freeze[] = ["none", "two-phase", "snapshot"];

/** Of a unit whose sources are frozen in several ways: the one that its outage depends on. */
export function unitFreeze(ways: readonly Freeze[]): Freeze {
  return longestFirst.find((way) => ways.includes(way)) ?? "none";
}
