import { z } from "zod";
import type { Connection, Endpoint } from "../../domain/networks/connection.ts";
import { isErrorCode, messageOf, StackholdError } from "../../errors.ts";
import type { Client, Question } from "./client.ts";
import { containerPath, shownContainer } from "./containers.ts";
import { engineRefusal } from "./failures.ts";
import { networkPath } from "./networks.ts";

const texts = z.array(z.string()).nullish();

const endpointSchema = z.looseObject({
  NetworkID: z.string().nullish(),
  IPAddress: z.string().nullish(),
  MacAddress: z.string().nullish(),
  IPAMConfig: z
    .looseObject({
      IPv4Address: z.string().nullish(),
      IPv6Address: z.string().nullish(),
      LinkLocalIPs: texts,
    })
    .nullish(),
  Aliases: texts,
  Links: texts,
  DriverOpts: z.record(z.string(), z.string()).nullish(),
  GwPriority: z.number().nullish(),
});

const settingsSchema = z.looseObject({
  Networks: z.record(z.string(), endpointSchema.nullable()).nullish(),
});

/** GET /containers/json */
const listSchema = z.array(
  z.looseObject({ Id: z.string(), NetworkSettings: settingsSchema.nullish() }),
);

/** GET /containers/{id}/json */
const containerSchema = z.looseObject({
  Id: z.string(),
  Name: z.string(),
  Config: z.looseObject({ MacAddress: z.string().nullish() }),
  NetworkSettings: settingsSchema,
});

type RawEndpoint = z.infer<typeof endpointSchema>;

function toEndpoint(raw: RawEndpoint, id: string, ownMac: string | null | undefined): Endpoint {
  const { IPAMConfig: asked, MacAddress, GwPriority } = raw;
  return {
    // The engine adds the container's own short id by itself.
    aliases: (raw.Aliases ?? []).filter((alias) => alias !== id.slice(0, 12)),
    ...(asked?.IPv4Address ? { ipv4Address: asked.IPv4Address } : {}),
    ...(asked?.IPv6Address ? { ipv6Address: asked.IPv6Address } : {}),
    linkLocalIps: asked?.LinkLocalIPs ?? [],
    links: raw.Links ?? [],
    driverOptions: raw.DriverOpts ?? {},
    // Any other one is of the engine's choice.
    ...(MacAddress && MacAddress === ownMac ? { macAddress: MacAddress } : {}),
    ...(GwPriority ? { gatewayPriority: GwPriority } : {}),
  };
}

async function connectionOf(
  container: string,
  network: string,
  client: Client,
): Promise<Connection[]> {
  const question = {
    method: "GET",
    path: `${containerPath(container)}/json`,
    what: `container ${shownContainer(container)}`,
    missing: "CONTAINER_MISSING",
  } as const;
  try {
    const raw = await client.json(question, containerSchema);
    const endpoint = raw.NetworkSettings.Networks?.[network];
    if (!endpoint) return [];
    return [
      {
        id: raw.Id,
        name: raw.Name.replace(/^\//, ""),
        networkId: endpoint.NetworkID ?? "",
        ...(endpoint.IPAddress ? { address: endpoint.IPAddress } : {}),
        endpoint: toEndpoint(endpoint, raw.Id, raw.Config.MacAddress),
      },
    ];
  } catch (thrown) {
    if (isErrorCode(thrown, "CONTAINER_MISSING")) return [];
    throw thrown;
  }
}

export async function networkConnections(network: string, client: Client): Promise<Connection[]> {
  const question = { method: "GET", path: "/containers/json", query: { all: 1 } } as const;
  const listed = await client.json({ ...question, what: "the list of containers" }, listSchema);
  const joined = listed.filter(({ NetworkSettings }) => NetworkSettings?.Networks?.[network]);
  const found = await Promise.all(joined.map(({ Id }) => connectionOf(Id, network, client)));
  return found.flat();
}

function act(
  name: "connect" | "disconnect",
  network: string,
  container: string,
  more: object,
): Question {
  const way = name === "connect" ? "to" : "from";
  return {
    method: "POST",
    path: `${networkPath(network)}/${name}`,
    body: { Container: container, ...more },
    what: `${name}ing ${shownContainer(container)} ${way} network ${shownContainer(network)}`,
    long: true,
  };
}

const noContainer = /no such container|endpoint .* not found/i;

export async function connectContainer(
  network: string,
  container: string,
  endpoint: Endpoint,
  client: Client,
): Promise<void> {
  const { ipv4Address, ipv6Address, linkLocalIps, macAddress, gatewayPriority } = endpoint;
  const asked = {
    ...(ipv4Address === undefined ? {} : { IPv4Address: ipv4Address }),
    ...(ipv6Address === undefined ? {} : { IPv6Address: ipv6Address }),
    ...(linkLocalIps.length === 0 ? {} : { LinkLocalIPs: linkLocalIps }),
  };
  const config = {
    Aliases: endpoint.aliases,
    ...(Object.keys(asked).length === 0 ? {} : { IPAMConfig: asked }),
    ...(endpoint.links.length === 0 ? {} : { Links: endpoint.links }),
    ...(Object.keys(endpoint.driverOptions).length === 0
      ? {}
      : { DriverOpts: endpoint.driverOptions }),
    ...(macAddress === undefined ? {} : { MacAddress: macAddress }),
    ...(gatewayPriority === undefined ? {} : { GwPriority: gatewayPriority }),
  };
  const question = act("connect", network, container, { EndpointConfig: config });
  await missingContainer(() => engineRefusal(() => client.ask(question)));
}

const notIn = /is not connected to (the )?network|network .* not found/i;

export async function disconnectContainer(
  network: string,
  container: string,
  client: Client,
): Promise<void> {
  const question = act("disconnect", network, container, { Force: true });
  try {
    await missingContainer(() => engineRefusal(() => client.ask(question)));
  } catch (thrown) {
    if (!isErrorCode(thrown, "ENGINE_ERROR") || !notIn.test(messageOf(thrown))) throw thrown;
  }
}

/** Both a network and a container may be what the engine does not find. */
async function missingContainer(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (thrown) {
    if (!isErrorCode(thrown, "ENGINE_ERROR") || !noContainer.test(messageOf(thrown))) throw thrown;
    throw new StackholdError("CONTAINER_MISSING", messageOf(thrown), { cause: thrown });
  }
}
