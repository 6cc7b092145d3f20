import { wantedConnections } from "../../../domain/networks/recorded.ts";
import type { Member } from "../../../domain/unit.ts";
import type { JournaledNetwork } from "../../../ports/journal.ts";
import type { Context, Deps } from "../../context.ts";
import { joinNetwork, leaveNetwork } from "../../outage/join-network.ts";
import type { Outage } from "../../outage/quiesce.ts";
import type { NetworksPlan, PlannedNetwork } from "./plan-networks.ts";

type Making = PlannedNetwork & { readonly journaled: JournaledNetwork };

async function journaledOf({ recorded, former }: PlannedNetwork, deps: Deps) {
  const { definition } = recorded;
  const connections = await deps.engine.connections(definition.name);
  if (former === undefined) return { definition, connections };
  const { id, ...before } = former;
  return { definition, former: { id, definition: before }, connections };
}

/** Everybody moves aside, then the former networks go: one of them may have another's subnet. */
async function makeRoom(making: readonly Making[], deps: Deps): Promise<void> {
  for (const { former } of making) {
    if (former === undefined) continue;
    await leaveNetwork(former, deps.engine);
    await deps.engine.removeNetwork(former.id);
  }
}

/**
 * Makes what is gone, and anew what shall be as it was, while the unit is down; who was in it is in
 * it again when this returns. The journal has all of it before anything is touched: whatever keeps
 * this from its end, the rollback of the outage brings the former networks back.
 */
export async function makeNetworks(
  plan: NetworksPlan,
  members: readonly Pick<Member, "id" | "name">[],
  unit: string,
  outage: Outage,
  deps: Deps,
  { emit }: Pick<Context, "emit">,
): Promise<void> {
  if (plan.make.length === 0) return;
  const { engine } = deps;
  const making: Making[] = [];
  for (const planned of plan.make) {
    making.push({ ...planned, journaled: await journaledOf(planned, deps) });
  }
  let networks = making.map(({ journaled }) => journaled);
  await outage.amend({ networks });
  await makeRoom(making, deps);
  const made: { readonly one: Making; readonly id: string }[] = [];
  for (const one of making) {
    const id = await engine.createNetwork(one.recorded.definition);
    made.push({ one, id });
    networks = networks.map((each) => (each === one.journaled ? { ...each, made: id } : each));
    await outage.amend({ networks });
  }
  for (const { one, id } of made) {
    const { name } = one.recorded.definition;
    const isGone = one.former === undefined;
    const wanted = wantedConnections(one.recorded, one.journaled.connections, members, isGone);
    await joinNetwork({ id, name }, wanted, engine);
    const message = isGone ? `made the network ${name}` : `made the network ${name} anew`;
    emit({ type: "log", unit, level: "info", message });
  }
}
