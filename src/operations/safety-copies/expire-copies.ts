import { expiryOf } from "../../domain/safety-copies.ts";
import { messageOf } from "../../errors.ts";
import type { Context, Deps } from "../context.ts";
import { type FoundCopy, findCopies } from "./find-copies.ts";
import { heldIn, removeCopy } from "./remove-copies.ts";

function isExpired({ origin, isNeeded, isUnfinished }: FoundCopy, now: Date): boolean {
  return origin !== undefined && !isNeeded && !isUnfinished && expiryOf(origin.createdAt) <= now;
}

/**
 * Removes the expired safety copies of units whose locks the caller holds. One that cannot be
 * removed is a warning: no run fails for it.
 */
export async function expireSafetyCopies(
  units: readonly string[],
  deps: Deps,
  context: Context,
): Promise<void> {
  const warn = (what: string, error: unknown) =>
    context.emit({ type: "warning", message: `${what}: ${messageOf(error)}` });
  try {
    const now = deps.clock.now();
    let left = await findCopies(deps, context);
    for (const copy of left.toReversed()) {
      if (context.signal.aborted) return;
      if (!units.includes(copy.origin?.unit ?? "") || !isExpired(copy, now)) continue;
      if (heldIn(copy, left) !== undefined) continue;
      try {
        await removeCopy(copy, "removed after its time", deps, context);
        left = left.filter((other) => other !== copy);
      } catch (error) {
        warn(`the expired safety copy ${copy.path} cannot be removed`, error);
      }
    }
  } catch (error) {
    warn("expired safety copies cannot be removed", error);
  }
}
