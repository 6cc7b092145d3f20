import { inOrderOfJoining, type WantedConnection } from "../../domain/networks/connection.ts";
import { isErrorCode } from "../../errors.ts";
import type { Engine } from "../../ports/engine.ts";

/**
 * Brings containers into a network, where they are not in it already. One that knows another network
 * of that name, which is gone, forgets it. A container that is gone meanwhile is left out.
 */
export async function joinNetwork(
  network: { readonly id: string; readonly name: string },
  wanted: readonly WantedConnection[],
  engine: Engine,
): Promise<void> {
  const present = await engine.connections(network.name);
  for (const { id, endpoint } of inOrderOfJoining(wanted)) {
    const now = present.find((one) => one.id === id);
    const isIn = now !== undefined && ["", network.id].includes(now.networkId);
    if (isIn) continue;
    try {
      if (now !== undefined) await engine.disconnect(network.name, id);
      await engine.connect(network.id, id, endpoint);
    } catch (error) {
      if (!isErrorCode(error, "CONTAINER_MISSING")) throw error;
    }
  }
}

/** Takes everybody out of a network, also who is stopped. */
export async function leaveNetwork(
  network: { readonly id: string; readonly name: string },
  engine: Engine,
  stays: (container: string) => boolean = () => false,
): Promise<void> {
  for (const { id } of await engine.connections(network.name)) {
    if (stays(id)) continue;
    try {
      await engine.disconnect(network.id, id);
    } catch (error) {
      if (!isErrorCode(error, "CONTAINER_MISSING")) throw error;
    }
  }
}
