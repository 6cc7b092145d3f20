import { z } from "zod";
import { type NetworkDefinition, networkDefinition } from "../../domain/networks/definition.ts";
import { isErrorCode, messageOf, StackholdError } from "../../errors.ts";
import type { Network } from "../../ports/engine.ts";
import type { Client } from "./client.ts";
import { shownContainer } from "./containers.ts";
import { engineRefusal } from "./failures.ts";
import { removeOne } from "./remove-one.ts";

/** GET /networks */
const networksSchema = z.array(
  z.looseObject({ Id: z.string() }).transform((raw) => ({ ...networkDefinition(raw), id: raw.Id })),
);

export async function listNetworks(client: Client): Promise<Network[]> {
  const call = { method: "GET", path: "/networks", what: "the list of networks" } as const;
  return client.json(call, networksSchema);
}

export function networkPath(network: string): string {
  return `/networks/${encodeURIComponent(network)}`;
}

export async function inspectNetworkRaw(network: string, client: Client): Promise<unknown> {
  const what = `network ${shownContainer(network)}`;
  const path = networkPath(network);
  try {
    const call = { method: "GET", path, what, missing: "CONTAINER_MISSING" } as const;
    return await client.json(call, z.looseObject({}));
  } catch (thrown) {
    if (isErrorCode(thrown, "CONTAINER_MISSING")) return undefined;
    throw thrown;
  }
}

/** What depends on a configuration network must not say what that says. */
function configurationOf(definition: NetworkDefinition) {
  const { ipam, configFrom } = definition;
  if (configFrom !== undefined) return { ConfigFrom: { Network: configFrom } };
  return {
    // Engines before 28 do not know the word, and this one nobody has to say.
    ...(definition.ipv4 ? {} : { EnableIPv4: false }),
    EnableIPv6: definition.ipv6,
    IPAM: {
      Driver: ipam.driver,
      Options: ipam.options,
      Config: ipam.pools.map(({ subnet, ipRange, gateway, auxiliary }) => ({
        Subnet: subnet,
        ...(ipRange === undefined ? {} : { IPRange: ipRange }),
        ...(gateway === undefined ? {} : { Gateway: gateway }),
        ...(Object.keys(auxiliary).length === 0 ? {} : { AuxiliaryAddresses: auxiliary }),
      })),
    },
    Options: definition.options,
    Labels: definition.labels,
  };
}

const createdSchema = z.looseObject({ Id: z.string() });

export async function createNetwork(
  definition: NetworkDefinition,
  client: Client,
): Promise<string> {
  const { name, driver, internal, attachable, configOnly } = definition;
  const body = {
    Name: name,
    CheckDuplicate: true,
    Driver: driver,
    Internal: internal,
    Attachable: attachable,
    ...(configOnly ? { ConfigOnly: true } : {}),
    ...configurationOf(definition),
  };
  const what = `creation of network ${name}`;
  const call = { method: "POST", path: "/networks/create", body, what, long: true } as const;
  return engineRefusal(async () => (await client.json(call, createdSchema)).Id);
}

/** The engine forbids what a proxy would forbid for another reason. */
const inUse = /has active endpoints/;

export async function removeNetwork(id: string, client: Client): Promise<void> {
  const what = `removal of network ${shownContainer(id)}`;
  try {
    await removeOne(networkPath(id), what, client);
  } catch (cause) {
    const message = messageOf(cause);
    if (!inUse.test(message)) throw cause;
    throw new StackholdError("ENGINE_ERROR", message, {
      hint: "a container that runs is in it: disconnect that first",
      cause,
    });
  }
}
