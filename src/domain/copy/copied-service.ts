import { copiedMount } from "./copied-mount.ts";
import { copiedNamespaces } from "./copied-namespaces.ts";
import type { ResolvedService } from "./resolved-project.ts";
import type { ServiceContext } from "./service-context.ts";

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

/**
 * The image that the original had: built again, or pulled, it could be another, and a build would
 * give the original's tag to it.
 */
function image(name: string, service: ResolvedService, context: ServiceContext): ResolvedService {
  const member = context.members.find((one) => one.service === name && !one.oneOff);
  if (member === undefined) return service;
  const kept = without(service, ["build", "pull_policy"]);
  if ("build" in service) context.remarks.note(`${name} is not built, it has the original's image`);
  if (context.image !== undefined) {
    const named = service.image ?? member.image.reference;
    context.remarks.warn(
      `${named} is another image by now: ${name} is made of the one that ran (${context.image})`,
    );
    return { ...kept, image: context.image };
  }
  return { ...kept, image: service.image ?? member.image.reference };
}

/** A service that shares nothing with the original's but its image. */
export function copiedService(
  name: string,
  service: ResolvedService,
  context: ServiceContext,
): ResolvedService {
  const own = without(image(name, service, context), ["container_name", "mac_address"]);
  const volumes = service.volumes?.flatMap((one) => copiedMount(name, one, context));
  return {
    ...own,
    ...ports(service),
    ...networks(name, service, context),
    ...copiedNamespaces(name, service, context),
    ...(volumes === undefined ? {} : { volumes }),
  };
}
