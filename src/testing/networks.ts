import type { Connection, Endpoint } from "../domain/networks/connection.ts";
import type { NetworkDefinition, Pool } from "../domain/networks/definition.ts";

export const pool = (subnet: string, more: Partial<Pool> = {}): Pool => ({
  subnet,
  auxiliary: {},
  ...more,
});

/** A bridge with one subnet. */
export function network(more: Partial<NetworkDefinition> = {}, subnet = "10.1.0.0/24") {
  return {
    name: "edge",
    driver: "bridge",
    scope: "local",
    internal: false,
    attachable: false,
    ingress: false,
    ipv4: true,
    ipv6: false,
    ipam: { driver: "default", options: null, pools: [pool(subnet)] },
    options: {},
    labels: {},
    configOnly: false,
    ...more,
  } satisfies NetworkDefinition;
}

/** With everything that a network of one host can have; `subnet` are the first three numbers. */
export const fullNetwork = (name: string, subnet: string): NetworkDefinition => ({
  name,
  driver: "bridge",
  scope: "local",
  internal: true,
  attachable: true,
  ingress: false,
  ipv4: true,
  ipv6: true,
  ipam: {
    driver: "default",
    options: {},
    pools: [
      {
        subnet: `${subnet}.0/24`,
        ipRange: `${subnet}.128/25`,
        gateway: `${subnet}.1`,
        auxiliary: { printer: `${subnet}.200` },
      },
      { subnet: `fd00:${subnet.split(".").slice(1).join(":")}::/64`, auxiliary: {} },
    ],
  },
  options: { "com.docker.network.driver.mtu": "1400" },
  labels: { "a.b": "c" },
  configOnly: false,
});

export function endpoint(more: Partial<Endpoint> = {}): Endpoint {
  return { aliases: [], linkLocalIps: [], links: [], driverOptions: {}, ...more };
}

/** A container that is called as its id. */
export function connection(id: string, more: Partial<Connection> = {}): Connection {
  return { id, name: id, networkId: "1", endpoint: endpoint(), ...more };
}
