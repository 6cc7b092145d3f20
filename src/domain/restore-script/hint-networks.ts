import { fieldsOf } from "../recipe/lasting-inspection.ts";
import type { ContainerCreation } from "../standalone/creation.ts";
import { command } from "./command.ts";
import { each, option, pairs, text, type Words } from "./hint-words.ts";

function addresses(endpoint: unknown): Words[] {
  const { IPv4Address, IPv6Address, LinkLocalIPs } = fieldsOf(fieldsOf(endpoint).IPAMConfig);
  return [
    ...option("--ip", IPv4Address),
    ...option("--ip6", IPv6Address),
    ...each("--link-local-ip", LinkLocalIPs),
  ];
}

/** The network that it is made in, with its address there. */
export function firstNetwork({ hostConfig, networks }: ContainerCreation): Words[] {
  const mode = text(hostConfig.NetworkMode);
  const { [mode]: endpoint } = networks;
  return [
    ...option("--network", mode, "default"),
    ...addresses(endpoint),
    ...each("--network-alias", fieldsOf(endpoint).Aliases),
  ];
}

/** The commands that join it to its other networks. */
export function otherNetworks({ name, hostConfig, networks }: ContainerCreation): string[] {
  const mode = text(hostConfig.NetworkMode);
  const first = mode === "default" ? "bridge" : mode;
  return Object.entries(networks)
    .filter(([network]) => network !== first)
    .map(([network, endpoint]) => {
      const options = [
        ...addresses(endpoint),
        ...each("--alias", endpoint.Aliases),
        ...pairs("--driver-opt", endpoint.DriverOpts),
      ];
      return command("docker", "network", "connect", ...options.flat(), network, name);
    });
}
