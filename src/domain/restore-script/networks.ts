import { ofEveryEngine } from "../networks/of-every-engine.ts";
import { fieldsOf } from "../recipe/lasting-inspection.ts";
import { command } from "./command.ts";

export interface ForeignNetwork {
  readonly name: string;
  /** That makes it as it was. */
  readonly command: string;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function pairs(flag: string, value: unknown): string[] {
  return Object.entries(fieldsOf(value)).flatMap(([key, each]) => [flag, `${key}=${text(each)}`]);
}

function addresses(config: unknown): string[] {
  const { Subnet, IPRange, Gateway, AuxiliaryAddresses } = fieldsOf(config);
  const flag = (name: string, value: unknown) => (text(value) === "" ? [] : [name, text(value)]);
  return [
    ...flag("--subnet", Subnet),
    ...flag("--ip-range", IPRange),
    ...flag("--gateway", Gateway),
    ...pairs("--aux-address", AuxiliaryAddresses),
  ];
}

function creation(network: unknown): string {
  const { Name, Driver, Internal, Attachable, EnableIPv6, IPAM, Options } = fieldsOf(network);
  const { Config } = fieldsOf(IPAM);
  const isUsual = text(Driver) === "" || text(Driver) === "bridge";
  return command(
    ...["docker", "network", "create"],
    ...(isUsual ? [] : ["--driver", text(Driver)]),
    ...(Internal === true ? ["--internal"] : []),
    ...(Attachable === true ? ["--attachable"] : []),
    ...(EnableIPv6 === true ? ["--ipv6"] : []),
    ...(Array.isArray(Config) ? Config.flatMap(addresses) : []),
    ...pairs("--opt", Options),
    ...["--", text(Name)],
  );
}

/** Networks of the unit that Compose does not make for its project. */
export function foreignNetworks(
  networks: readonly unknown[],
  project: string | undefined,
): ForeignNetwork[] {
  return networks.flatMap((network) => {
    const { Name, Labels } = fieldsOf(network);
    const name = text(Name);
    const owner = fieldsOf(Labels)["com.docker.compose.project"];
    const isOwn = project !== undefined && owner === project;
    if (name === "" || isOwn || ofEveryEngine.includes(name)) return [];
    return [{ name, command: creation(network) }];
  });
}
