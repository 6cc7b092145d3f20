import { z } from "zod";
import type { ContainerState, ContainerSummary, Health } from "../../domain/unit.ts";
import { mountSchema, sortMounts, toMount } from "./mounts.ts";

/** GET /containers/json */
export const containerListSchema = z.array(
  z.looseObject({
    Id: z.string(),
    Names: z.array(z.string()).nullish(),
    Image: z.string(),
    ImageID: z.string(),
    State: z.string(),
    Status: z.string(),
    Labels: z.record(z.string(), z.string()).nullish(),
    Mounts: z.array(mountSchema).nullish(),
    HostConfig: z.looseObject({ NetworkMode: z.string().optional() }).nullish(),
  }),
);

type Listed = z.infer<typeof containerListSchema>[number];

export function toSummary(raw: Listed): ContainerSummary {
  const health = healthOf(raw.Status);
  return {
    id: raw.Id,
    name: ownName(raw.Names ?? []) ?? raw.Id.slice(0, 12),
    image: raw.Image,
    imageId: raw.ImageID,
    state: stateOf(raw.State, raw.Status.startsWith("Up")),
    ...(health === undefined ? {} : { health }),
    labels: raw.Labels ?? {},
    mounts: sortMounts((raw.Mounts ?? []).map(toMount)),
    ...networkOf(raw.HostConfig?.NetworkMode),
  };
}

/** `container:ID` */
export function networkOf(mode: string | undefined): { networkOf?: string } {
  const owner = /^container:(.+)$/.exec(mode ?? "")?.[1];
  return owner === undefined ? {} : { networkOf: owner };
}

const states: readonly ContainerState[] = [
  "created",
  "running",
  "paused",
  "restarting",
  "removing",
  "exited",
  "dead",
];

/** A state that no engine had when this was written counts by whether its process runs. */
export function stateOf(text: string, runs: boolean): ContainerState {
  return states.find((state) => state === text.toLowerCase()) ?? (runs ? "running" : "exited");
}

/** Links give a container further names below other containers': `/web/db`. */
function ownName(names: readonly string[]): string | undefined {
  return names.map((name) => name.replace(/^\//, "")).find((name) => !name.includes("/"));
}

/** `Up 2 seconds (healthy)`: moby, container/state.go, State.String. */
function healthOf(status: string): Health | undefined {
  const said = /\((health: starting|healthy|unhealthy)\)$/.exec(status)?.[1];
  return said === "health: starting" ? "starting" : (said as Health | undefined);
}
