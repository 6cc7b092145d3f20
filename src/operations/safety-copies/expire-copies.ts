import { expiryOf } from "../../domain/safety-copies.ts";
import { messageOf } from "../../errors.ts";
import type { Context, Deps } from "../context.ts";
import { type FoundCopy, findCopies } from "./find-copies.ts";
import { removeCopy } from "./remove-copies.ts";

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
    for (const copy of await findCopies(deps, context)) {
      if (context.signal.aborted) return;
      if (!units.includes(copy.origin?.unit ?? "") || !isExpired(copy, now)) continue;
      await removeCopy(copy, "removed after its time", deps, context).catch((error: unknown) =>
        warn(`the expired safety copy ${copy.path} cannot be removed`, error),
      );
    }
  } catch (error) {
    warn("expired safety copies cannot be removed", error);
  }
}
