import { z } from "zod";
import type { NetworkDefinition } from "./definition.ts";
import { addressOrder, overlap } from "./subnet.ts";

/** What a container is given in a network because somebody asked for it. */
const endpointSchema = z.strictObject({
  aliases: z.array(z.string()),
  ipv4Address: z.string().exactOptional(),
  ipv6Address: z.string().exactOptional(),
  linkLocalIps: z.array(z.string()),
  links: z.array(z.string()),
  driverOptions: z.record(z.string(), z.string()),
  macAddress: z.string().exactOptional(),
  gatewayPriority: z.number().exactOptional(),
});

export const connectionSchema = z.strictObject({
  /** Of the container. */
  id: z.string().min(1),
  /** Of the container. */
  name: z.string(),
  /** Of the network as the container knows it; empty where it has not been started in it yet. */
  networkId: z.string(),
  /** That it has at the moment; absent where it does not run. */
  address: z.string().exactOptional(),
  endpoint: endpointSchema,
});

export type Endpoint = z.infer<typeof endpointSchema>;
/** A container in a network, running or not. */
export type Connection = z.infer<typeof connectionSchema>;

/** What a container is to be given in a network. */
export type WantedConnection = Pick<Connection, "id" | "name" | "address" | "endpoint">;

const fixedOf = ({ ipv4Address, ipv6Address }: Endpoint) =>
  [ipv4Address, ipv6Address].filter((address) => address !== undefined);

/**
 * Those with addresses of their own first, so that nobody else is given these; then in the order of
 * what the engine gave them, so that it most likely gives them the same.
 */
export function inOrderOfJoining<C extends WantedConnection>(connections: readonly C[]): C[] {
  const rank = ({ endpoint }: C) => (fixedOf(endpoint).length > 0 ? 0 : 1);
  const order = ({ address = "" }: C) => addressOrder(address);
  return connections.toSorted(
    (a, b) => rank(a) - rank(b) || (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0),
  );
}

/** Addresses that containers ask for and that no subnet of the network has. */
export function addressesOutside(
  { ipam }: NetworkDefinition,
  connections: readonly WantedConnection[],
): { readonly container: string; readonly address: string }[] {
  if (ipam.driver !== "default") return [];
  const isIn = (address: string) => ipam.pools.some(({ subnet }) => overlap(address, subnet));
  return connections.flatMap(({ name, endpoint }) =>
    fixedOf(endpoint)
      .filter((address) => !isIn(address))
      .map((address) => ({ container: name, address })),
  );
}
