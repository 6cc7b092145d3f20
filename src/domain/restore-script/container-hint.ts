import type { RecordedMember } from "../manifest.ts";
import { fieldsOf } from "../recipe/lasting-inspection.ts";
import { creationOf } from "../standalone/creation.ts";
import { longCommand } from "./command.ts";
import { limits } from "./hint-limits.ts";
import { firstNetwork, otherNetworks } from "./hint-networks.ts";
import { health, logging, process } from "./hint-process.ts";
import { each, flag, option, pairs, text, type Words } from "./hint-words.ts";

function ports(bindings: unknown): Words[] {
  return Object.entries(fieldsOf(bindings)).flatMap(([port, hosts]) =>
    (Array.isArray(hosts) ? hosts : []).map((host): Words => {
      const { HostIp, HostPort } = fieldsOf(host);
      const address = text(HostIp) === "" ? "" : `${text(HostIp)}:`;
      return ["--publish", `${address}${text(HostPort)}:${port}`];
    }),
  );
}

function mounts(
  value: readonly { type: string; source: string; destination: string; readOnly: boolean }[],
  tmpfs: ReturnType<typeof fieldsOf>,
): Words[] {
  const mounted = value
    .filter(({ destination }) => tmpfs[destination] === undefined)
    .map(({ type, source, destination, readOnly }): Words => {
      if (type === "tmpfs") return ["--tmpfs", destination];
      return ["--volume", `${source}:${destination}${readOnly ? ":ro" : ""}`];
    });
  const inMemory = Object.entries(tmpfs).map(([destination, options]): Words => {
    return ["--tmpfs", text(options) === "" ? destination : `${destination}:${text(options)}`];
  });
  return [...mounted, ...inMemory];
}

function restart(policy: unknown): Words[] {
  const { Name, MaximumRetryCount } = fieldsOf(policy);
  const times = Number(MaximumRetryCount) > 0 ? `:${MaximumRetryCount}` : "";
  return text(Name) === "" || Name === "no" ? [] : [["--restart", `${text(Name)}${times}`]];
}

function devices(value: unknown): Words[] {
  return (Array.isArray(value) ? value : []).map((device): Words => {
    const { PathOnHost, PathInContainer, CgroupPermissions } = fieldsOf(device);
    const rights = ["", "rwm"].includes(text(CgroupPermissions))
      ? ""
      : `:${text(CgroupPermissions)}`;
    return ["--device", `${text(PathOnHost)}:${text(PathInContainer)}${rights}`];
  });
}

/**
 * How a container without a compose file was probably made, from its redacted inspection: a hint
 * for people, in which `[secret]` stands for what they must fill in. `hostName` was the engine's.
 */
export function containerHint(
  member: RecordedMember,
  inspection: unknown,
  hostName: string,
): string {
  const creation = creationOf({ ...fieldsOf(inspection), Name: member.name }, { hostName });
  const { config, hostConfig: host } = creation;
  const { before, after } = process(fieldsOf(fieldsOf(inspection).Config));
  const mounted = member.mounts.map(({ volume, source, ...rest }) => ({
    ...rest,
    source: volume ?? source,
  }));
  const groups = [
    ...(inspection === undefined ? option("--restart", member.restartPolicy) : []),
    ...restart(host.RestartPolicy),
    ...option("--hostname", config.Hostname),
    ...option("--domainname", config.Domainname),
    ...option("--user", config.User),
    ...each("--group-add", host.GroupAdd),
    ...option("--workdir", config.WorkingDir),
    ...firstNetwork(creation),
    ...ports(host.PortBindings),
    ...mounts(mounted, fieldsOf(host.Tmpfs)),
    ...each("--env", config.Env),
    ...pairs("--label", config.Labels),
    ...each("--cap-add", host.CapAdd),
    ...each("--cap-drop", host.CapDrop),
    ...each("--security-opt", host.SecurityOpt),
    ...each("--add-host", host.ExtraHosts),
    ...each("--dns", host.Dns),
    ...each("--dns-search", host.DnsSearch),
    ...each("--dns-option", host.DnsOptions),
    ...devices(host.Devices),
    ...limits(host),
    ...option("--pid", host.PidMode),
    ...option("--ipc", host.IpcMode, "private"),
    ...option("--runtime", host.Runtime, "runc"),
    ...logging(host),
    ...health(config),
    ...option("--stop-signal", config.StopSignal),
    ...option("--stop-timeout", config.StopTimeout),
    ...flag("--privileged", host.Privileged),
    ...flag("--read-only", host.ReadonlyRootfs),
    ...flag("--init", host.Init),
    ...flag("--tty", config.Tty),
    ...flag("--interactive", config.OpenStdin),
    ...before,
    [member.image.reference, ...after],
  ];
  const made = longCommand(["docker", "create", "--name", member.name], groups);
  return [made, ...otherNetworks(creation)].join("\n");
}
