import type { Swap } from "../../ports/capture.ts";
import type { Context, Deps } from "../context.ts";

/** What will be set aside must be known for what it is, whatever else is lost. */
export async function markCopies(
  swaps: readonly Swap[],
  unit: string,
  deps: Deps,
  { runId }: Context,
): Promise<void> {
  const createdAt = deps.clock.now().toISOString();
  for (const swap of swaps) {
    if (!swap.fresh) await deps.capture.mark(swap, { unit, runId, createdAt });
  }
}
