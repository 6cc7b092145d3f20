import type { EngineAccess } from "../bed/access.ts";
import { run } from "../bed/run.ts";

/** What the engine says of a network or a volume, but for what is new each time it is made. */
export async function described(
  { env }: EngineAccess,
  what: "network" | "volume",
  name: string,
): Promise<Record<string, unknown>> {
  const { stdout } = await run(["docker", what, "inspect", name], { env });
  const [found = {}] = JSON.parse(stdout) as Record<string, unknown>[];
  const { Id, Created, CreatedAt, Containers, Mountpoint, ...rest } = found;
  return rest;
}

interface Joined {
  readonly IPAddress: string;
  readonly GlobalIPv6Address: string;
  readonly IPAMConfig: Record<string, string> | null;
  readonly Aliases: readonly string[] | null;
}

/** How a container is in a network: addresses, the wish for them, aliases; undefined where it is not. */
export async function joined({ env }: EngineAccess, container: string, network: string) {
  const { stdout } = await run(["docker", "inspect", "--type", "container", container], { env });
  const [{ Id = "", NetworkSettings } = {}] = JSON.parse(stdout) as {
    Id?: string;
    NetworkSettings?: { Networks: Record<string, Joined> };
  }[];
  const endpoint = NetworkSettings?.Networks[network];
  if (endpoint === undefined) return undefined;
  return {
    address: endpoint.IPAddress,
    ipv6: endpoint.GlobalIPv6Address,
    asked: endpoint.IPAMConfig ?? {},
    aliases: (endpoint.Aliases ?? []).filter((alias) => alias !== Id.slice(0, 12)).sort(),
  };
}

/** The engine's id of a network; empty where it has none of that name. */
export async function networkId({ env }: EngineAccess, name: string): Promise<string> {
  const args = ["network", "ls", "--no-trunc", "-q", "--filter", `name=^${name}$`];
  return (await run(["docker", ...args], { env })).stdout.trim();
}
