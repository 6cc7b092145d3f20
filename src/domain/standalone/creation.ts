import { endpointsOf, fieldsOf } from "../recipe/lasting-inspection.ts";
import type { Json } from "../recipe/redact.ts";
import type { RestartPolicy } from "../unit.ts";
import { endpointSettings } from "./endpoints.ts";

export type Fields = { readonly [key: string]: Json };

/** What a container is made of, in the engine's own words. */
export interface ContainerCreation {
  readonly name: string;
  /** `os/architecture[/variant]`, where the engine told which of an image's it was made of. */
  readonly platform?: string;
  readonly config: Fields;
  readonly hostConfig: Fields;
  /** By name, what it shall be joined to and how. */
  readonly networks: Readonly<Record<string, Fields>>;
}

export interface CreationContext {
  /** Of the engine when the point was made: the host's name. */
  readonly hostName: string;
}

const shortId = (inspection: Fields) => String(inspection.Id).slice(0, 12);

const isEmpty = (value: Json | undefined) =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);

/** Whose network namespace it lives in. */
export function networkModeOf(hostConfig: Fields): string {
  return typeof hostConfig.NetworkMode === "string" ? hostConfig.NetworkMode : "default";
}

/** What the engine takes from another container or from the host, and refuses to be told. */
function borrowed(inspection: Fields, mode: string, { hostName }: CreationContext): string[] {
  const config = fieldsOf(inspection.Config);
  const hostConfig = fieldsOf(inspection.HostConfig);
  if (mode.startsWith("container:")) {
    return ["Hostname", "Domainname", "ExposedPorts", "MacAddress"];
  }
  const isGiven =
    config.Hostname !== shortId(inspection) &&
    hostConfig.UTSMode !== "host" &&
    !(mode === "host" && config.Hostname === hostName);
  return [
    ...(isGiven ? [] : ["Hostname"]),
    ...(mode === "host" ? ["MacAddress"] : []),
    // An engine without a default network says so of containers that are on it all the same.
    ...(endpointsOf(inspection).length > 0 ? ["NetworkDisabled"] : []),
  ];
}

/** An image's entrypoint that was taken away stays away: an empty one would bring it back. */
function entrypoint({ Entrypoint, Cmd }: Fields): Fields {
  return isEmpty(Entrypoint) && !isEmpty(Cmd) ? { Entrypoint: [""] } : {};
}

/** A network may be named by an id, which another network of that name does not have. */
function networkMode(inspection: Fields): string {
  const mode = networkModeOf(fieldsOf(inspection.HostConfig));
  const named = endpointsOf(inspection).find(([, { NetworkID }]) => NetworkID === mode);
  return named?.[0] ?? mode;
}

function platformOf(inspection: Fields): Pick<ContainerCreation, "platform"> {
  const { os, architecture, variant } = fieldsOf(
    fieldsOf(inspection.ImageManifestDescriptor).platform,
  );
  const steps = [os, architecture, variant].filter((one) => typeof one === "string" && one !== "");
  return steps.length < 2 ? {} : { platform: steps.join("/") };
}

/**
 * How to make a container that is inspected as this one was. What the image gave it is repeated,
 * which changes nothing; anonymous volumes are new ones. Fields that are not known here are passed
 * on as they are.
 */
export function creationOf(inspection: Json, context: CreationContext): ContainerCreation {
  const fields = fieldsOf(inspection);
  const mode = networkMode(fields);
  const left = borrowed(fields, mode, context);
  const config = fieldsOf(fields.Config);
  const kept = Object.entries(config).filter(([name]) => !left.includes(name));
  return {
    name: String(fields.Name).replace(/^\//, ""),
    ...platformOf(fields),
    config: { ...Object.fromEntries(kept), ...entrypoint(config) },
    hostConfig: { ...fieldsOf(fields.HostConfig), NetworkMode: mode },
    networks: Object.fromEntries(
      endpointsOf(fields).map(([name, one]) => [
        name,
        endpointSettings(one, shortId(fields), config.Hostname ?? null),
      ]),
    ),
  };
}

export function withImage(creation: ContainerCreation, reference: string): ContainerCreation {
  return { ...creation, config: { ...creation.config, Image: reference } };
}

const starting = ["always", "unless-stopped", "on-failure"] as const;

/** The same without a policy that starts it, and that policy, where there is one. */
export function withoutRestart(creation: ContainerCreation): {
  readonly creation: ContainerCreation;
  readonly restartPolicy?: RestartPolicy;
} {
  const { Name, MaximumRetryCount } = fieldsOf(creation.hostConfig.RestartPolicy);
  const name = starting.find((known) => known === Name);
  if (name === undefined) return { creation };
  const RestartPolicy = { Name: "no", MaximumRetryCount: 0 };
  return {
    creation: { ...creation, hostConfig: { ...creation.hostConfig, RestartPolicy } },
    restartPolicy: { name, maximumRetryCount: Number(MaximumRetryCount ?? 0) },
  };
}

/** Volumes that the container has by name, also such as were anonymous once. */
export function namedVolumes({ hostConfig }: ContainerCreation): Set<string> {
  const { Binds, Mounts } = hostConfig;
  const bound = Array.isArray(Binds) ? Binds.map((bind) => String(bind).split(":")[0]) : [];
  const mounted = (Array.isArray(Mounts) ? Mounts.map(fieldsOf) : [])
    .filter(({ Type }) => Type === "volume")
    .map(({ Source }) => Source);
  const isName = (source: unknown): source is string =>
    typeof source === "string" && source !== "" && !source.startsWith("/");
  return new Set([...bound, ...mounted].filter(isName));
}
