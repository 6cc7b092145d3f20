import { endpointsOf, fieldsOf } from "./lasting-inspection.ts";
import type { Json } from "./redact.ts";

/** A container and the engine's own words on it. */
export interface Inspected {
  readonly id: string;
  readonly name: string;
  readonly service?: string | undefined;
  readonly raw: unknown;
}

/** Who is in a network at the moment, and who manages it elsewhere. */
const momentary = ["Containers", "Services", "Peers", "Status"];

/** Names of all networks that the containers are joined to, sorted. */
export function networkNames(inspected: readonly Inspected[]): string[] {
  const names = inspected.flatMap(({ raw }) => endpointsOf(raw).map(([name]) => name));
  return [...new Set(names)].sort();
}

/** A name that the engine gives by itself is no wish of anybody. */
function aliasesOf(endpoint: { readonly [key: string]: Json }, id: string): Json {
  const { Aliases } = endpoint;
  return Array.isArray(Aliases) ? Aliases.filter((alias) => alias !== id.slice(0, 12)) : [];
}

function joined(name: string, inspected: readonly Inspected[]): Json[] {
  return inspected.flatMap(({ id, name: container, service, raw }) =>
    endpointsOf(raw).flatMap(([network, endpoint]): Json[] => {
      if (network !== name) return [];
      const { IPAMConfig = null, Links = null, DriverOpts = null } = endpoint;
      const addresses = fieldsOf(IPAMConfig);
      return [
        {
          container,
          ...(service === undefined ? {} : { service }),
          aliases: aliasesOf(endpoint, id),
          ipv4Address: addresses.IPv4Address ?? null,
          ipv6Address: addresses.IPv6Address ?? null,
          linkLocalIps: addresses.LinkLocalIPs ?? [],
          links: Links ?? [],
          driverOptions: DriverOpts ?? {},
        },
      ];
    }),
  );
}

/** A network in full, with the containers of the unit and what they were given there. */
export function networkDocument(raw: unknown, inspected: readonly Inspected[]): Json {
  const fields = Object.entries(fieldsOf(raw)).filter(([key]) => !momentary.includes(key));
  const network = Object.fromEntries(fields);
  return { ...network, containers: joined(String(network.Name), inspected) };
}
