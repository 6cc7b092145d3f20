import { compareText } from "../compare-text.ts";
import type { Unprotected } from "../sources/candidates.ts";
import type { Member } from "../unit.ts";
import { fieldsOf } from "./lasting-inspection.ts";
import type { Json } from "./redact.ts";

type Fields = { readonly [key: string]: Json };

function servicesOf(configuration: Json): [string, Fields][] {
  return Object.entries(fieldsOf(fieldsOf(configuration).services)).map(([name, service]) => [
    name,
    fieldsOf(service),
  ]);
}

function profilesOf(service: Fields): readonly Json[] {
  return Array.isArray(service.profiles) ? service.profiles : [];
}

/**
 * A configuration of all profiles without the services of those that are not active. A profile is
 * active where one of its services has a container.
 */
export function activeConfiguration(configuration: Json, present: ReadonlySet<string>): Json {
  const services = servicesOf(configuration);
  const active = new Set(
    services.flatMap(([name, service]) => (present.has(name) ? profilesOf(service) : [])),
  );
  const kept = services.filter(([, service]) => {
    const profiles = profilesOf(service);
    return profiles.length === 0 || profiles.some((profile) => active.has(profile));
  });
  return { ...fieldsOf(configuration), services: Object.fromEntries(kept) };
}

type Labelled = Pick<Member, "id" | "service" | "number" | "oneOff" | "labels">;

/** What of another's volumes Compose hashes, its own command cannot be asked. */
export function borrowsVolumes(configuration: Json): ReadonlySet<string> {
  const borrowing = servicesOf(configuration).filter(([, service]) => {
    return Array.isArray(service.volumes_from) && service.volumes_from.length > 0;
  });
  return new Set(borrowing.map(([name]) => name));
}

const shared = ["network_mode", "ipc", "pid"] as const;

/**
 * A resolved configuration as Compose hashes it when it makes containers: a namespace of another
 * service is by then that of its first container.
 */
export function hashedConfiguration(configuration: Json, members: readonly Labelled[]): Json {
  const first = (service: string) =>
    members
      .filter((member) => member.service === service && !member.oneOff)
      .toSorted((a, b) => a.number - b.number)[0];
  const referred = (value: Json): Json => {
    if (typeof value !== "string" || !value.startsWith("service:")) return value;
    const owner = first(value.slice("service:".length));
    return owner === undefined ? value : `container:${owner.id}`;
  };
  const services = servicesOf(configuration).map(([name, service]): [string, Json] => {
    const modes = shared.flatMap((key) => {
      const value = service[key];
      return value === undefined ? [] : [[key, referred(value)]];
    });
    return [name, { ...service, ...Object.fromEntries(modes) }];
  });
  return { ...fieldsOf(configuration), services: Object.fromEntries(services) };
}

const hashLabel = "com.docker.compose.config-hash";

export function isHashed({ service, oneOff, labels }: Labelled): boolean {
  return service !== undefined && !oneOff && (labels[hashLabel] ?? "") !== "";
}

/** Services whose containers were made of something else than their files say now. */
export function changedServices(
  members: readonly Labelled[],
  hashes: ReadonlyMap<string, string>,
  unset: readonly string[],
): Unprotected[] {
  const changed = members
    .filter(isHashed)
    .filter(({ service = "", labels }) => hashes.get(service) !== labels[hashLabel]);
  const names = [...new Set(changed.map(({ service = "" }) => service))].toSorted(compareText);
  const empty = unset.length === 0 ? "" : `; nothing sets ${unset.join(", ")}`;
  return names.map((name) => ({
    what: `service:${name}`,
    why: hashes.has(name)
      ? `the running containers differ from the compose file${empty}`
      : "the compose file has no such service",
  }));
}
