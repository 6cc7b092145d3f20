import type { RecordedMember } from "../manifest.ts";
import { fieldsOf } from "../recipe/lasting-inspection.ts";
import { longCommand } from "./command.ts";

type Words = readonly string[];

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

function option(flag: string, value: unknown): Words[] {
  const given = typeof value === "number" ? String(value || "") : text(value);
  return given === "" ? [] : [[flag, given]];
}

function each(flag: string, value: unknown): Words[] {
  return texts(value).map((one) => [flag, one]);
}

function flag(name: string, value: unknown): Words[] {
  return value === true ? [[name]] : [];
}

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
) {
  return value.map(({ type, source, destination, readOnly }): Words => {
    if (type === "tmpfs") return ["--tmpfs", destination];
    return ["--volume", `${source}:${destination}${readOnly ? ":ro" : ""}`];
  });
}

function restart(policy: unknown): Words[] {
  const { Name, MaximumRetryCount } = fieldsOf(policy);
  const times = Number(MaximumRetryCount) > 0 ? `:${MaximumRetryCount}` : "";
  return text(Name) === "" || Name === "no" ? [] : [["--restart", `${text(Name)}${times}`]];
}

function labels(value: unknown): Words[] {
  return Object.entries(fieldsOf(value)).map(([key, one]) => ["--label", `${key}=${text(one)}`]);
}

function devices(value: unknown): Words[] {
  return (Array.isArray(value) ? value : []).map((device): Words => {
    const { PathOnHost, PathInContainer } = fieldsOf(device);
    return ["--device", `${text(PathOnHost)}:${text(PathInContainer)}`];
  });
}

/** `docker run` takes one word for the entrypoint: the rest of it comes before the command. */
function process(config: ReturnType<typeof fieldsOf>): { before: Words[]; after: string[] } {
  const [entrypoint, ...rest] = texts(config.Entrypoint);
  const before = entrypoint === undefined ? [] : [["--entrypoint", entrypoint]];
  return { before, after: [...rest, ...texts(config.Cmd)] };
}

/**
 * How a container without a compose file was probably made, from its redacted inspection: a hint
 * for people, in which `[secret]` stands for what they must fill in.
 */
export function containerHint(member: RecordedMember, inspection: unknown): string {
  const config = fieldsOf(fieldsOf(inspection).Config);
  const host = fieldsOf(fieldsOf(inspection).HostConfig);
  const { before, after } = process(config);
  const mounted = member.mounts.map(({ volume, source, ...rest }) => ({
    ...rest,
    source: volume ?? source,
  }));
  const groups = [
    ...(inspection === undefined ? option("--restart", member.restartPolicy) : []),
    ...restart(host.RestartPolicy),
    ...option("--user", config.User),
    ...option("--workdir", config.WorkingDir),
    ...option("--network", host.NetworkMode),
    ...ports(host.PortBindings),
    ...mounts(mounted),
    ...each("--env", config.Env),
    ...labels(config.Labels),
    ...each("--cap-add", host.CapAdd),
    ...each("--cap-drop", host.CapDrop),
    ...each("--security-opt", host.SecurityOpt),
    ...each("--add-host", host.ExtraHosts),
    ...each("--dns", host.Dns),
    ...devices(host.Devices),
    ...option("--memory", host.Memory),
    ...flag("--privileged", host.Privileged),
    ...flag("--read-only", host.ReadonlyRootfs),
    ...flag("--init", host.Init),
    ...flag("--tty", config.Tty),
    ...flag("--interactive", config.OpenStdin),
    ...before,
    [member.image.reference, ...after],
  ];
  return longCommand(["docker", "create", "--name", member.name], groups);
}
