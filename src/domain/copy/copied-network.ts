import type { Remarks } from "./remarks.ts";
import type { ResolvedNetwork } from "./resolved-project.ts";

/** The name of the bridge's interface on the host. */
const interfaceOption = "com.docker.network.bridge.name";

/** External ones stay; of the others everything that only one network can have is dropped. */
export function copiedNetwork(
  key: string,
  network: ResolvedNetwork | null,
  remarks: Remarks,
): ResolvedNetwork | null {
  if (network === null) return null;
  if (network.external === true) {
    remarks.note(
      `the external network ${network.name ?? key} has the copy beside the original, under the same aliases`,
    );
    return network;
  }
  const { name: _, ipam, driver_opts, enable_ipv6, ...rest } = network;
  const subnets = ipam?.config ?? [];
  const isFixed = (version: ":" | ".") =>
    subnets.some(({ subnet }) => typeof subnet === "string" && subnet.includes(version));
  if (subnets.length > 0) remarks.note(`the network ${key} has a subnet that the engine chooses`);
  if (enable_ipv6 === true && isFixed(":")) {
    remarks.warn(`the network ${key} has no IPv6, because its subnet is the original's`);
  }
  const options = Object.entries(driver_opts ?? {}).filter(
    ([option]) => option !== interfaceOption,
  );
  const { config: __, ...management } = ipam ?? {};
  return {
    ...rest,
    ...(Object.keys(management).length === 0 ? {} : { ipam: management }),
    ...(options.length === 0 ? {} : { driver_opts: Object.fromEntries(options) }),
    ...(enable_ipv6 === undefined || isFixed(":") ? {} : { enable_ipv6 }),
  };
}
