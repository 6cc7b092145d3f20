import { withoutComposeLabels } from "../discovery/compose-labels.ts";
import type { RecordedVolume, StoredPart } from "../manifest.ts";
import { fieldsOf } from "../recipe/lasting-inspection.ts";
import type { Json } from "../recipe/redact.ts";
import {
  type ContainerCreation,
  type Fields,
  namedVolumes,
  networkModeOf,
} from "../standalone/creation.ts";
import { isUserNetwork } from "../standalone/endpoints.ts";
import type { BindPlace } from "./bind-place.ts";
import type { Remarks } from "./remarks.ts";

/** A standalone container beside its original. */
export interface CopiedContainer {
  readonly creation: ContainerCreation;
  /** By the original's name, the volumes that the copy has instead. */
  readonly volumes: ReadonlyMap<string, RecordedVolume>;
  /** Sources of binds in directories of its own. */
  readonly binds: ReadonlySet<string>;
  /** Where it has anonymous volumes of its own. */
  readonly anonymous: ReadonlySet<string>;
}

export interface ContainerCopy {
  readonly name: string;
  readonly volumes: readonly RecordedVolume[];
  readonly parts: readonly StoredPart[];
  readonly bindPlace: (source: string) => BindPlace;
  /** The name of another container, as the original calls it. */
  readonly nameOf: (reference: string) => string;
  readonly remarks: Remarks;
}

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

/** A device or a driver may lead to the original's data. */
function copiedVolume(
  volume: string,
  { name, volumes, parts, remarks }: ContainerCopy,
): RecordedVolume {
  const known = volumes.find((one) => one.name === volume);
  const { driver = "local", options = {}, labels = {} } = known ?? {};
  const isMemory = driver === "local" && options.type === "tmpfs";
  const isStored = parts.some(({ kind, source }) => kind === "volume" && source === volume);
  if (!isStored && !isMemory) remarks.warn(`the volume ${volume} is not in the point and is empty`);
  if (driver !== "local" || (options.device !== undefined && !isMemory)) {
    const where = options.device ?? `the driver ${driver}`;
    remarks.note(`the volume ${volume} is a plain one: ${where} is left to the original`);
  }
  return {
    name: `${name}_${volume}`,
    driver: "local",
    labels: withoutComposeLabels(labels),
    options: isMemory ? options : {},
    anonymous: false,
  };
}

/** The engine chooses; the address of the host stays. */
function ports(hostConfig: Fields): Fields {
  const bindings = Object.entries(fieldsOf(hostConfig.PortBindings)).map(([port, all]) => {
    const free = listOf(all).map((one) => ({ ...fieldsOf(one), HostPort: "" }));
    return [port, [...new Map(free.map((one) => [JSON.stringify(one), one])).values()]];
  });
  return bindings.length === 0 ? {} : { PortBindings: Object.fromEntries(bindings) };
}

function networks({ networks: joined }: ContainerCreation, { name, remarks }: ContainerCopy) {
  const addresses = ["IPv4Address", "IPv6Address", "LinkLocalIPs"];
  const free = Object.entries(joined).map(([network, settings]) => {
    const asked = Object.entries(fieldsOf(settings.IPAMConfig));
    const kept = asked.filter(([key]) => !addresses.includes(key));
    if (kept.length < asked.length) remarks.note(`${name} has no static address in ${network}`);
    if (isUserNetwork(network)) {
      remarks.note(
        `the network ${network} has the copy beside the original, under the same aliases`,
      );
    }
    return [
      network,
      { ...settings, IPAMConfig: kept.length === 0 ? null : Object.fromEntries(kept) },
    ];
  });
  return Object.fromEntries(free);
}

/** What the copy has in common with other containers, or with the host; volumes of others it only reads. */
function shared(hostConfig: Fields, { name, nameOf, remarks }: ContainerCopy): Fields {
  const { VolumesFrom } = hostConfig;
  if (networkModeOf(hostConfig) === "host") {
    remarks.warn(`${name} uses the host's network: its ports are those of the original`);
  }
  for (const space of ["NetworkMode", "PidMode", "IpcMode"]) {
    const [, container] = /^container:(.+)$/s.exec(String(hostConfig[space] ?? "")) ?? [];
    if (container !== undefined) {
      remarks.warn(`${name} joins the container ${nameOf(container)}, as the original does`);
    }
  }
  const lenders = listOf(VolumesFrom).map((one) => String(one).split(":")[0] ?? "");
  for (const lender of lenders) {
    remarks.warn(
      `${name} reads the volumes of the container ${nameOf(lender)} and cannot write them`,
    );
  }
  return lenders.length === 0 ? {} : { VolumesFrom: lenders.map((lender) => `${lender}:ro`) };
}

/**
 * A container of another name that shares nothing with the original's but its image and its networks: volumes,
 * binds, ports and addresses are its own.
 */
export function copiedContainer(original: ContainerCreation, copy: ContainerCopy): CopiedContainer {
  const { name, bindPlace, remarks } = copy;
  const volumes = new Map([...namedVolumes(original)].map((one) => [one, copiedVolume(one, copy)]));
  const binds = new Set<string>();
  /** Undefined where there is nothing to mount. */
  const place = (source: string, target: string) => {
    const volume = volumes.get(source);
    if (volume !== undefined) return { source: volume.name, isShared: false };
    const found = bindPlace(source);
    if (found.kind === "gone") {
      remarks.warn(`${source} is neither in the point nor here: ${target} is not mounted`);
      return undefined;
    }
    if (found.kind === "shared") {
      remarks.warn(
        `${source} is not in the point; the copy reads the original's and cannot write it`,
      );
      return { source, isShared: true };
    }
    if (found.kind === "kept") return { source, isShared: false };
    binds.add(source);
    return { source: found.source, isShared: false };
  };
  const bound = listOf(original.hostConfig.Binds).flatMap((bind) => {
    const [source = "", target = "", options = ""] = String(bind).split(":");
    const found = place(source, target);
    if (found === undefined) return [];
    const given = options.split(",").filter((one) => one !== "");
    const all = found.isShared
      ? [...given.filter((one) => one !== "rw" && one !== "ro"), "ro"]
      : given;
    return [[found.source, target, ...(all.length === 0 ? [] : [all.join(",")])].join(":")];
  });
  const mounted = listOf(original.hostConfig.Mounts).flatMap((mount) => {
    const { VolumeOptions, ...fields } = fieldsOf(mount);
    const { DriverConfig: _, ...options } = fieldsOf(VolumeOptions);
    const rest = VolumeOptions === undefined ? fields : { ...fields, VolumeOptions: options };
    const { Type, Source, Target } = fields;
    if ((Type !== "volume" && Type !== "bind") || typeof Source !== "string" || Source === "")
      return [rest];
    const found = place(Source, String(Target));
    if (found === undefined) return [];
    return [{ ...rest, Source: found.source, ...(found.isShared ? { ReadOnly: true } : {}) }];
  });
  const { MacAddress: __, ...config } = original.config;
  const { hostConfig } = original;
  const creation: ContainerCreation = {
    ...original,
    name,
    config,
    hostConfig: {
      ...hostConfig,
      ...ports(hostConfig),
      ...shared(hostConfig, copy),
      ...(hostConfig.Binds === undefined
        ? {}
        : { Binds: hostConfig.Binds === null ? null : bound }),
      ...(hostConfig.Mounts === undefined ? {} : { Mounts: mounted }),
    },
    networks: networks(original, copy),
  };
  const nameless = listOf(hostConfig.Mounts)
    .map(fieldsOf)
    .filter(({ Type, Source }) => Type === "volume" && (Source === undefined || Source === ""))
    .map(({ Target }) => String(Target));
  const anonymous = new Set([...Object.keys(fieldsOf(config.Volumes)), ...nameless]);
  return { creation, volumes, binds, anonymous };
}
