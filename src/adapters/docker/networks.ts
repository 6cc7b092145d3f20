import { z } from "zod";
import { isErrorCode, messageOf, StackholdError } from "../../errors.ts";
import type { Network } from "../../ports/engine.ts";
import type { Client } from "./client.ts";
import { shownContainer } from "./containers.ts";
import { removeOne } from "./remove-one.ts";

/** GET /networks */
const networksSchema = z.array(
  z.looseObject({
    Id: z.string(),
    Name: z.string(),
    Labels: z.record(z.string(), z.string()).nullish(),
  }),
);

export async function listNetworks(client: Client): Promise<Network[]> {
  const call = { method: "GET", path: "/networks", what: "the list of networks" } as const;
  const listed = await client.json(call, networksSchema);
  return listed.map(({ Id, Name, Labels }) => ({ id: Id, name: Name, labels: Labels ?? {} }));
}

export async function inspectNetworkRaw(network: string, client: Client): Promise<unknown> {
  const what = `network ${shownContainer(network)}`;
  const path = `/networks/${encodeURIComponent(network)}`;
  try {
    const call = { method: "GET", path, what, missing: "CONTAINER_MISSING" } as const;
    return await client.json(call, z.looseObject({}));
  } catch (thrown) {
    if (isErrorCode(thrown, "CONTAINER_MISSING")) return undefined;
    throw thrown;
  }
}

/** The engine forbids what a proxy would forbid for another reason. */
const inUse = /has active endpoints/;

export async function removeNetwork(id: string, client: Client): Promise<void> {
  const what = `removal of network ${shownContainer(id)}`;
  try {
    await removeOne(`/networks/${encodeURIComponent(id)}`, what, client);
  } catch (cause) {
    const message = messageOf(cause);
    if (!inUse.test(message)) throw cause;
    throw new StackholdError("ENGINE_ERROR", message, {
      hint: "a container that runs is in it: disconnect that first",
      cause,
    });
  }
}
