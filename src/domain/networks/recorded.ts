import { z } from "zod";
import type { Connection, Endpoint, WantedConnection } from "./connection.ts";
import { type NetworkDefinition, networkDefinition } from "./definition.ts";

/** A network of a point with the containers of its unit in it. */
export interface RecordedNetwork {
  readonly definition: NetworkDefinition;
  /** By name of the container. */
  readonly endpoints: ReadonlyMap<string, Endpoint>;
}

const texts = z.array(z.string()).nullish();

/** docs/format.md, networks.json */
const joinedSchema = z.looseObject({
  container: z.string(),
  aliases: texts,
  ipv4Address: z.string().nullish(),
  ipv6Address: z.string().nullish(),
  linkLocalIps: texts,
  links: texts,
  driverOptions: z.record(z.string(), z.string()).nullish(),
});

const documentSchema = z.array(z.looseObject({ containers: z.array(joinedSchema) }));

function endpointOf(joined: z.infer<typeof joinedSchema>): Endpoint {
  return {
    aliases: joined.aliases ?? [],
    ...(joined.ipv4Address ? { ipv4Address: joined.ipv4Address } : {}),
    ...(joined.ipv6Address ? { ipv6Address: joined.ipv6Address } : {}),
    linkLocalIps: joined.linkLocalIps ?? [],
    links: joined.links ?? [],
    driverOptions: joined.driverOptions ?? {},
  };
}

/** Throws where it is no such document. */
export function recordedNetworks(document: unknown): RecordedNetwork[] {
  return documentSchema.parse(document).map((network) => ({
    definition: networkDefinition(network),
    endpoints: new Map(
      network.containers.map((joined) => [joined.container, endpointOf(joined)] as const),
    ),
  }));
}

/**
 * Who shall be in a network that is made as it was recorded: members of the unit as the point has
 * them, everybody else as they are in the network of that name now. A member that is not in it now
 * joins it only where nothing of that name is there: then nobody can have taken it out on purpose.
 */
export function wantedConnections(
  recorded: RecordedNetwork,
  present: readonly Connection[],
  members: readonly { readonly id: string; readonly name: string }[],
  isGone: boolean,
): WantedConnection[] {
  const own = new Set(members.map(({ id }) => id));
  const those = present.map(({ id, name, address, endpoint }) => ({
    id,
    name,
    ...(address === undefined ? {} : { address }),
    endpoint: (own.has(id) ? recorded.endpoints.get(name) : undefined) ?? endpoint,
  }));
  if (!isGone) return those;
  const there = new Set(those.map(({ id }) => id));
  const back = members.flatMap(({ id, name }) => {
    const endpoint = recorded.endpoints.get(name);
    return endpoint === undefined || there.has(id) ? [] : [{ id, name, endpoint }];
  });
  return [...those, ...back];
}
