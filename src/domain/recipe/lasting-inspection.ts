import { compareText } from "../compare-text.ts";
import type { Json } from "./redact.ts";

type Fields = { readonly [key: string]: Json };

/** What another start of the same container changes. */
const momentary = ["State", "RestartCount", "ExecIDs", "ResolvConfPath", "NetworkSettings"];

const momentaryOfEndpoint = [
  "EndpointID",
  "Gateway",
  "IPAddress",
  "IPPrefixLen",
  "IPv6Gateway",
  "GlobalIPv6Address",
  "GlobalIPv6PrefixLen",
  "MacAddress",
];

export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

function without(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

/** How a container is joined to its networks, by network. */
export function endpointsOf(inspection: unknown): [string, Fields][] {
  return Object.entries(fieldsOf(fieldsOf(fieldsOf(inspection).NetworkSettings).Networks)).map(
    ([network, endpoint]) => [network, fieldsOf(endpoint)],
  );
}

function mountsOf(inspection: Fields): Json {
  const { Mounts } = inspection;
  if (!Array.isArray(Mounts)) return [];
  const at = (mount: unknown) => String(fieldsOf(mount).Destination);
  return Mounts.toSorted((a, b) => compareText(at(a), at(b)));
}

/**
 * The engine's own words on a container, without what is only so until it is started again: the
 * same container gives the same document.
 */
export function lastingInspection(inspection: unknown): Json {
  const fields = fieldsOf(inspection);
  const networks = endpointsOf(inspection).map(([name, endpoint]): [string, Json] => [
    name,
    without(endpoint, momentaryOfEndpoint),
  ]);
  return {
    ...without(fields, momentary),
    Mounts: mountsOf(fields),
    NetworkSettings: { Networks: Object.fromEntries(networks) },
  };
}
