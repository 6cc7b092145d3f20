import type { RecordedMember } from "../manifest.ts";
import type { BindPlace } from "./bind-place.ts";
import type { Remarks } from "./remarks.ts";
import type { ResolvedMount, ResolvedService } from "./resolved-project.ts";

export interface ServiceContext {
  /** The original's containers. */
  readonly members: readonly RecordedMember[];
  readonly bindPlace: (source: string) => BindPlace;
  readonly remarks: Remarks;
}

const addresses = ["ipv4_address", "ipv6_address", "link_local_ips", "mac_address"];

function without<T extends object>(value: T, keys: readonly string[]): T {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key))) as T;
}

/** The engine chooses; ports that were told apart by what they were published as fall together. */
function ports(service: ResolvedService): Pick<ResolvedService, "ports"> {
  if (!service.ports) return {};
  const free = service.ports.map((port) => without(port, ["published"]));
  return { ports: [...new Map(free.map((port) => [JSON.stringify(port), port])).values()] };
}

function networks(name: string, service: ResolvedService, { remarks }: ServiceContext) {
  if (!service.networks) return {};
  const isFixed = (attachment: object | null) => addresses.some((key) => key in (attachment ?? {}));
  const attached = Object.entries(service.networks);
  if (attached.some(([, attachment]) => isFixed(attachment))) {
    remarks.note(`${name} has no static address`);
  }
  return {
    networks: Object.fromEntries(
      attached.map(([key, attachment]) => [key, attachment && without(attachment, addresses)]),
    ),
  };
}

function mount(name: string, one: ResolvedMount, context: ServiceContext): ResolvedMount[] {
  if (one.type !== "bind" || one.source === undefined) return [one];
  const { remarks } = context;
  const place = context.bindPlace(one.source);
  switch (place.kind) {
    case "kept":
      return [one];
    case "copied":
      return [{ ...one, source: place.source }];
    case "empty":
      remarks.warn(`${name}: ${place.source} was left out of the point and is empty`);
      return [{ ...one, source: place.source, bind: { ...one.bind, create_host_path: true } }];
    case "shared":
      remarks.warn(
        `${name}: ${one.source} is not in the point; the copy reads the original's and cannot write it`,
      );
      return [{ ...one, read_only: true }];
    case "gone":
      remarks.warn(
        `${name}: ${one.source} is neither in the point nor here: ${one.target} is not mounted`,
      );
      return [];
  }
}

/** The service of an original's container, undefined for a container of somebody else. */
function serviceOf(container: string, { members }: ServiceContext): string | undefined {
  return members.find((member) => member.name === container)?.service;
}

/** `container:X` as `service:S` where X is the original's, so that the copy uses its own. */
function namespace(name: string, text: string, context: ServiceContext): string {
  const [, container] = /^container:(.+)$/.exec(text) ?? [];
  if (container === undefined) return text;
  const service = serviceOf(container, context);
  if (service !== undefined) return `service:${service}`;
  context.remarks.warn(`${name} joins the container ${container}, as the original does`);
  return text;
}

/** `container:X[:ro]` or a service's name. */
function volumesFrom(name: string, text: string, context: ServiceContext): string {
  const [, container, mode] = /^container:([^:]+)(?::(ro|rw))?$/.exec(text) ?? [];
  if (container === undefined) return text;
  const service = serviceOf(container, context);
  if (service !== undefined) return mode === undefined ? service : `${service}:${mode}`;
  context.remarks.warn(
    `${name} reads the volumes of the container ${container} and cannot write them`,
  );
  return `container:${container}:ro`;
}

function namespaces(name: string, service: ResolvedService, context: ServiceContext) {
  const { network_mode, pid, ipc, volumes_from } = service;
  const of = (text: string) => namespace(name, text, context);
  if (network_mode === "host") {
    context.remarks.warn(`${name} uses the host's network: its ports are those of the original`);
  }
  for (const link of service.external_links ?? []) {
    context.remarks.warn(`${name} is linked to ${link.split(":")[0]}, as the original is`);
  }
  return {
    ...(network_mode === undefined ? {} : { network_mode: of(network_mode) }),
    ...(pid === undefined ? {} : { pid: of(pid) }),
    ...(ipc === undefined ? {} : { ipc: of(ipc) }),
    ...(volumes_from
      ? { volumes_from: volumes_from.map((v) => volumesFrom(name, v, context)) }
      : {}),
  };
}

/**
 * The image that the original had: built again, or pulled, it could be another, and a build would
 * give the original's tag to it.
 */
function image(name: string, service: ResolvedService, context: ServiceContext): ResolvedService {
  const member = context.members.find((one) => one.service === name && !one.oneOff);
  if (member === undefined) return service;
  const kept = without(service, ["build", "pull_policy"]);
  if ("build" in service) context.remarks.note(`${name} is not built, it has the original's image`);
  return { ...kept, image: service.image ?? member.image.reference };
}

/** A service that shares nothing with the original's but its image. */
export function copiedService(
  name: string,
  service: ResolvedService,
  context: ServiceContext,
): ResolvedService {
  const own = without(image(name, service, context), ["container_name", "mac_address"]);
  const volumes = service.volumes?.flatMap((one) => mount(name, one, context));
  return {
    ...own,
    ...ports(service),
    ...networks(name, service, context),
    ...namespaces(name, service, context),
    ...(volumes === undefined ? {} : { volumes }),
  };
}
