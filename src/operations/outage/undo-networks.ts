import type { WantedConnection } from "../../domain/networks/connection.ts";
import { networkDifferences } from "../../domain/networks/differences.ts";
import { isErrorCode } from "../../errors.ts";
import type { Engine, Network } from "../../ports/engine.ts";
import type { JournaledNetwork } from "../../ports/journal.ts";
import { joinNetwork, leaveNetwork } from "./join-network.ts";
import type { StartFailure } from "./start-containers.ts";

/** Whether a network is the one that the restore made, which may have died before it knew its id. */
function isOurs({ definition, made, former }: JournaledNetwork, now: Network): boolean {
  if (made !== undefined) return now.id === made;
  if (now.id === former?.id) return false;
  const asksForSubnets = definition.ipam.pools.length > 0;
  const ipam = asksForSubnets ? definition.ipam : { ...definition.ipam, pools: now.ipam.pools };
  return networkDifferences({ ...definition, ipam }, now).length === 0;
}

async function present(name: string, engine: Engine): Promise<Network | undefined> {
  return (await engine.networks()).find((network) => network.name === name);
}

/**
 * Takes away what the restore made; returns who has joined it since. One that was not there before
 * stays while somebody runs in it.
 */
async function takeAway(
  journaled: JournaledNetwork,
  engine: Engine,
): Promise<readonly WantedConnection[]> {
  const { definition, former, connections } = journaled;
  const now = await present(definition.name, engine);
  if (now === undefined || !isOurs(journaled, now)) return [];
  const knew = new Set(connections.map(({ id }) => id));
  const joined = await engine.connections(now.name);
  await leaveNetwork(now, engine, (id) => former === undefined && knew.has(id));
  try {
    await engine.removeNetwork(now.id);
  } catch (error) {
    if (former !== undefined || !isErrorCode(error, "ENGINE_ERROR")) throw error;
  }
  return joined.filter(({ id }) => !knew.has(id));
}

/** Whatever has the name by now, nobody stays outside of it who was in it before. */
async function bringBack(
  { definition: { name }, former, connections }: JournaledNetwork,
  newcomers: readonly WantedConnection[],
  engine: Engine,
): Promise<void> {
  if (former === undefined) return;
  const now = await present(name, engine);
  const id = now?.id ?? (await engine.createNetwork(former.definition));
  await joinNetwork({ id, name }, connections, engine);
  // These were not in it before, and what they ask for may not fit.
  await joinNetwork({ id, name }, newcomers, engine).catch((error: unknown) => {
    if (!isErrorCode(error, "ENGINE_ERROR")) throw error;
  });
}

/**
 * Networks as they were before a restore, with everybody who was in them; may be repeated at any
 * time. What fails is named and keeps nothing else from returning.
 */
export async function undoNetworks(
  networks: readonly JournaledNetwork[],
  engine: Engine,
): Promise<StartFailure[]> {
  const failed = new Map<JournaledNetwork, unknown>();
  const newcomers = new Map<JournaledNetwork, readonly WantedConnection[]>();
  const attempt = async (act: (network: JournaledNetwork) => Promise<void>) => {
    for (const network of networks) {
      try {
        await act(network);
      } catch (error) {
        failed.set(network, error);
      }
    }
  };
  // All make room before the first returns: it may have the subnet of another.
  await attempt(async (network) => {
    newcomers.set(network, await takeAway(network, engine));
  });
  await attempt((network) => bringBack(network, newcomers.get(network) ?? [], engine));
  return [...failed].map(([{ definition }, error]) => ({
    name: `network ${definition.name}`,
    error,
  }));
}
