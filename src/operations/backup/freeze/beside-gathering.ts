import type { Context } from "../../context.ts";
import { isIdle } from "../../outage/quiesce.ts";
import { together } from "../../together.ts";
import type { Companion } from "../companions.ts";
import type { PreparedUnit } from "../prepare-unit.ts";

/** Work while the recipe is gathered: the first failure ends it, and both are over when this throws. */
export async function besideGathering<T>(
  { gathering }: PreparedUnit,
  context: Context,
  work: (context: Context) => Promise<T>,
): Promise<T> {
  let done: T | undefined;
  const working = async (signal: AbortSignal) => {
    done = await work({ ...context, signal });
  };
  await together<unknown>([working, () => gathering], 2, context.signal);
  return done as T;
}

/** Nobody is down meanwhile, so that it makes no outage longer, and no hook comes in between. */
export function mayGatherAtRest(
  { outage, hooks }: PreparedUnit,
  { isAlone }: Pick<Companion, "isAlone">,
): boolean {
  return isIdle(outage) && isAlone && hooks.freeze.length === 0;
}
