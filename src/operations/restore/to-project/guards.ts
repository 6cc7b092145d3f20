import { type Context, type Deps, step } from "../../context.ts";
import type { LocatedPoint } from "../locate-point.ts";
import type { Placement } from "../placements.ts";
import { requireSpace, volumesOf } from "../require-space.ts";
import { verifyFirst } from "../verify-first.ts";

/** NO_SPACE unless all of a copy has room where it goes; its volumes are new. */
export async function requireRoomFor(placed: readonly Placement[], deps: Deps): Promise<void> {
  const volumes = volumesOf((await deps.engine.info()).dataRoot);
  const arrivals = placed.map(({ part, target }) => ({ part, path: target ?? volumes }));
  await requireSpace(arrivals, deps);
}

/** The last before a copy is made: the engine takes orders, and the whole point is as it was stored. */
export async function requireReady(
  point: LocatedPoint,
  deps: Deps,
  context: Context,
): Promise<void> {
  const { unit, parts } = point.reader.manifest;
  await deps.engine.checkWritable();
  await step("verify", unit, deps.clock, context, () => verifyFirst(point, parts, deps, context));
}
