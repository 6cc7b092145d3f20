import type { ResolvedService } from "./resolved-project.ts";
import type { ServiceContext } from "./service-context.ts";

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

/** What a service has in common with other containers, or with the host. */
export function copiedNamespaces(name: string, service: ResolvedService, context: ServiceContext) {
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
