import { isRunning } from "../../domain/unit.ts";
import type { Context, Deps } from "../context.ts";
import { asTheyWere, type Readiness, waitHealthy } from "../outage/wait-healthy.ts";
import type { Frozen } from "./freeze/freeze-unit.ts";
import type { PreparedUnit } from "./prepare-unit.ts";

function watched(prepared: PreparedUnit) {
  const ids = new Set(prepared.outage.containers.map((container) => container.id));
  const stopped = prepared.members.filter((member) => ids.has(member.id) && isRunning(member));
  return asTheyWere(stopped, prepared.surroundings.at);
}

/** To be called right after the start, from which it counts. */
export async function awaitHealth(
  prepared: PreparedUnit,
  frozen: Pick<Frozen, "leftDown" | "downtimeMs">,
  deps: Deps,
  context: Context,
): Promise<Readiness> {
  const members = frozen.leftDown === undefined ? watched(prepared) : [];
  if (members.length === 0) return { readyMs: 0, notReady: [] };
  const readiness = await waitHealthy(members, prepared.policy, deps, context.signal);
  const readyMs = frozen.downtimeMs + readiness.readyMs;
  if (readiness.notReady.length === 0) {
    context.emit({ type: "unit.healthy", unit: prepared.unit.name, readyMs });
  }
  return { ...readiness, readyMs };
}

/** For hooks, which may need the unit though the run is cancelled; who just runs is ready. */
export async function awaitUse(prepared: PreparedUnit, deps: Deps): Promise<void> {
  const { startTimeout } = prepared.policy;
  await waitHealthy(watched(prepared), { startTimeout, stayUp: 0 }, deps);
}
