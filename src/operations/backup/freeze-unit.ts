import { captureParallelism } from "../../domain/parallelism.ts";
import { isErrorCode, type StackholdError } from "../../errors.ts";
import { type Context, type Deps, step } from "../context.ts";
import { type Outage, quiesce } from "../outage/quiesce.ts";
import type { PreparedUnit } from "./prepare-unit.ts";
import { type Destination, storeParts } from "./store-parts.ts";

/** What is known when the unit runs again and only storing has to end. */
export interface Frozen {
  /** RFC 3339: the instant whose data was stored. */
  readonly frozenAt: string;
  readonly downtimeMs: number;
  readonly warnings: readonly string[];
  /** The unit did not come back: reported, but the point is still good. */
  readonly leftDown: StackholdError | undefined;
}

interface Back {
  readonly downtimeMs: number;
  readonly leftDown: StackholdError | undefined;
}

async function bringBack(outage: Outage, deps: Deps): Promise<Back> {
  try {
    return { ...(await outage.restart()), leftDown: undefined };
  } catch (error) {
    if (!isErrorCode(error, "LEFT_DOWN")) throw error;
    const downtimeMs = deps.clock.monotonic() - outage.downSince;
    return { downtimeMs, leftDown: error as StackholdError };
  }
}

/** Down, copy, up. Whatever happens in between, the restart is the first thing on every way out. */
export async function freezeUnit(
  prepared: PreparedUnit,
  destinations: readonly Destination[],
  deps: Deps,
  context: Context,
): Promise<Frozen> {
  const unit = prepared.unit.name;
  const outage = await step("quiesce", unit, deps.clock, context, () =>
    quiesce({ plan: prepared.outage, operation: "backup" }, deps, context),
  );
  const frozenAt = deps.clock.now().toISOString();
  const input = {
    unit,
    sources: prepared.plan.sources,
    destinations,
    parallel: captureParallelism(prepared.policy.parallel, deps.settings),
    onBytes: outage.beat,
  };
  const copied = await step("cold", unit, deps.clock, context, async () => {
    const { unsteady } = await storeParts(input, deps.clock, context);
    await outage.assertStillDown();
    return { unsteady };
  }).catch((failure: unknown) => ({ failure }));
  const back = await step("restart", unit, deps.clock, context, () => bringBack(outage, deps));
  if ("failure" in copied) throw back.leftDown ?? copied.failure;
  const changed = copied.unsteady.map((name) => `changed while it was stored: ${name}`);
  return { frozenAt, ...back, warnings: [...prepared.warnings, ...outage.warnings, ...changed] };
}
