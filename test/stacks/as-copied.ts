import type { Inspection } from "../support/without-ids.ts";
import type { Recorded } from "./record.ts";

const label = "com.docker.compose.";

/**
 * A stack and its copy under another name say the same of themselves when what docs/restore-copy.md names is left out: names, ports of the
 * host, addresses, devices of volumes. Networks and volumes are called by their keys.
 */
export function asCopied(recorded: Recorded, project: string, copy?: string): unknown {
  const keys = new Map(
    (["network", "volume"] as const).flatMap((what) =>
      Object.entries(recorded[`${what}s`]).flatMap(([name, { Labels }]): [string, string][] =>
        Labels?.[`${label}project`] === (copy ?? project)
          ? [[name, `<${what} ${Labels[label + what]}>`]]
          : what === "volume" && copy === undefined
            ? [[name, `<volume ${name}>`]] // an external one, of which the copy has its own
            : [],
      ),
    ),
  );
  const called = (value: string) =>
    keys.get(value) ??
    value.replace(/(?<=<engine>\/volumes\/)[^/]+/, (name) => keys.get(name) ?? name);
  let text = JSON.stringify(recorded, (_, value) =>
    typeof value === "string" ? called(value) : value,
  );
  for (const [name, key] of keys) text = text.replaceAll(`"${name}":`, `"${key}":`);
  if (copy !== undefined) text = text.replaceAll(`-${copy}`, "").replaceAll(copy, project);
  const service = new Map(
    Object.entries((JSON.parse(text) as Recorded).containers).map(([name, { Config }]) => [
      name,
      `${Config.Labels[`${label}service`]} ${Config.Labels[`${label}container-number`]}`,
    ]),
  );
  for (const [name, called] of service) text = text.replaceAll(`<id of /${name}>`, `<${called}>`);
  const { containers, data, files, answers, networks, volumes }: Recorded = JSON.parse(text);
  return {
    containers: Object.fromEntries(
      Object.entries(containers).map(([name, one]) => [service.get(name), lasting(one)]),
    ),
    networks: made(networks, (network) => ({
      ...{ Driver: network.Driver, Internal: network.Internal, Attachable: network.Attachable },
      Options: network.Options,
      // A copy has no IPv6 where the original's subnet was asked for.
      EnableIPv6: network.EnableIPv6 && !(copy === undefined && hasSix(network)),
    })),
    volumes: Object.fromEntries(
      Object.entries(volumes).map(([key, { Labels }]) => [key, foreign(Labels ?? {})]),
    ),
    data: Object.fromEntries(
      Object.entries(data).map(([place, tree]) => {
        const [name = "", ...rest] = place.split(" ");
        return [[service.get(name), ...rest].join(" "), tree];
      }),
    ),
    answers,
    files,
  };
}

/** Those that the project made, by their keys. */
function made(networks: Recorded["networks"], facts: (one: Inspection) => object): object {
  const own = Object.entries(networks).filter(([key]) => key.startsWith("<"));
  return Object.fromEntries(
    own.map(([key, one]) => [key, { ...facts(one), labels: foreign(one.Labels) }]),
  );
}

const hasSix = ({ IPAM }: Inspection): boolean =>
  IPAM.Config.some(({ Subnet }: { Subnet: string }) => Subnet.includes(":"));

/** Labels that Compose did not set. */
const foreign = (labels: Record<string, string>): object =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => !name.startsWith(label)));

function lasting({ State, Config, HostConfig, Mounts, NetworkSettings }: Inspection): object {
  const { Hostname, Labels, ...config } = Config;
  // Compose hands a volume with a device on in another field than a plain one; `Mounts` has both.
  const { PortBindings, Binds, Mounts: _, ...host } = HostConfig;
  return {
    State,
    Config: { ...config, Labels: foreign(Labels) },
    HostConfig: { ...host, ports: Object.keys(PortBindings ?? {}).sort() },
    Mounts: Mounts.map(({ Mode, ...mount }: Inspection) => mount),
    networks: Object.keys(NetworkSettings.Networks).sort(),
  };
}
