import { z } from "zod";
import { composeFacts } from "../../domain/discovery/compose-labels.ts";
import type { Health, Healthcheck, Member, RestartPolicy } from "../../domain/unit.ts";
import { networkOf, stateOf } from "./container-list.ts";
import { mountSchema, sortMounts, tmpfsMounts, toMount } from "./mounts.ts";

/** As it was asked for, which `binds` of the same meaning are not. */
const requestedMountSchema = z.looseObject({
  Type: z.string().optional(),
  Source: z.string().optional(),
  BindOptions: z.looseObject({ CreateMountpoint: z.boolean().optional() }).nullish(),
});

const nanoseconds = z.number().nullish();

/** GET /containers/{id}/json */
export const inspectionSchema = z.looseObject({
  Id: z.string(),
  Name: z.string(),
  Image: z.string(),
  RestartCount: z.number().optional(),
  State: z.looseObject({
    Status: z.string(),
    Running: z.boolean(),
    Paused: z.boolean().optional(),
    ExitCode: z.number(),
    StartedAt: z.string().optional(),
    FinishedAt: z.string().optional(),
    Health: z.looseObject({ Status: z.string() }).nullish(),
  }),
  Config: z.looseObject({
    Image: z.string(),
    Labels: z.record(z.string(), z.string()).nullish(),
    StopSignal: z.string().optional(),
    StopTimeout: z.number().nullish(),
    WorkingDir: z.string().nullish(),
    Healthcheck: z
      .looseObject({
        Test: z.array(z.string()).nullish(),
        Interval: nanoseconds,
        StartPeriod: nanoseconds,
        Retries: z.number().nullish(),
      })
      .nullish(),
  }),
  HostConfig: z.looseObject({
    NetworkMode: z.string().optional(),
    AutoRemove: z.boolean().optional(),
    VolumesFrom: z.array(z.string()).nullish(),
    Mounts: z.array(requestedMountSchema).nullish(),
    Devices: z.array(z.looseObject({ PathOnHost: z.string() })).nullish(),
    RestartPolicy: z
      .looseObject({ Name: z.string().optional(), MaximumRetryCount: z.number().optional() })
      .nullish(),
    Tmpfs: z.record(z.string(), z.string()).nullish(),
  }),
  Mounts: z.array(mountSchema).nullish(),
});

export type Inspection = z.infer<typeof inspectionSchema>;

export function toMember(raw: Inspection, digest: string | undefined): Member {
  const { State: state, Config: config, HostConfig: host } = raw;
  const facts = composeFacts(config.Labels ?? {});
  return {
    id: raw.Id,
    name: raw.Name.replace(/^\//, ""),
    image: config.Image,
    imageId: raw.Image,
    state: stateOf(state.Status, state.Running),
    labels: config.Labels ?? {},
    mounts: sortMounts([...(raw.Mounts ?? []).map(toMount), ...tmpfsMounts(host.Tmpfs ?? {})]),
    number: facts?.number ?? 1,
    oneOff: facts?.oneOff ?? false,
    autoRemove: host.AutoRemove ?? false,
    restartPolicy: restartPolicyOf(host.RestartPolicy ?? {}),
    dependsOn: facts?.dependsOn ?? [],
    volumesFrom: (host.VolumesFrom ?? []).map((entry) => entry.replace(/:.*$/, "")),
    restartCount: raw.RestartCount ?? 0,
    exitCode: state.ExitCode,
    requiredPaths: requiredPaths(host.Mounts ?? []),
    devices: (host.Devices ?? []).map(({ PathOnHost }) => PathOnHost),
    ...networkOf(host.NetworkMode),
    ...stated("service", facts?.service),
    ...stated("digest", digest),
    ...stated("workingDir", config.WorkingDir || undefined),
    ...stated("stopTimeout", config.StopTimeout ?? undefined),
    ...stated("stopSignal", config.StopSignal || undefined),
    ...stated("health", healthOf(state.Health?.Status)),
    ...stated("healthcheck", healthcheckOf(config.Healthcheck)),
    ...stated("startedAt", timeOf(state.StartedAt)),
    ...stated("finishedAt", timeOf(state.FinishedAt)),
  };
}

/** docs.docker.com/engine/storage/bind-mounts: `--mount` makes no directory on the host, `-v` does. */
function requiredPaths(mounts: readonly z.infer<typeof requestedMountSchema>[]): string[] {
  return mounts
    .filter(({ Type, BindOptions }) => Type === "bind" && BindOptions?.CreateMountpoint !== true)
    .flatMap(({ Source }) => Source ?? []);
}

function stated<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [P in K]?: V });
}

const policies = ["", "no", "always", "unless-stopped", "on-failure"] as const;

function restartPolicyOf(
  raw: NonNullable<Inspection["HostConfig"]["RestartPolicy"]>,
): RestartPolicy {
  return {
    name: policies.find((name) => name === raw.Name) ?? "no",
    maximumRetryCount: raw.MaximumRetryCount ?? 0,
  };
}

const healths: readonly Health[] = ["starting", "healthy", "unhealthy"];

/** `none` stands for a container without a check. */
function healthOf(text: string | undefined): Health | undefined {
  return healths.find((health) => health === text);
}

/** Zero and absent mean the default: docs.docker.com/reference/dockerfile, HEALTHCHECK. */
function healthcheckOf(raw: Inspection["Config"]["Healthcheck"]): Healthcheck | undefined {
  const [kind] = raw?.Test ?? [];
  if (!raw || kind === undefined || kind === "NONE") return undefined;
  return {
    intervalMs: milliseconds(raw.Interval) || 30_000,
    startPeriodMs: milliseconds(raw.StartPeriod),
    retries: raw.Retries || 3,
  };
}

function milliseconds(value: number | null | undefined): number {
  return Math.round((value ?? 0) / 1e6);
}

/** The engine's zero time means that it never happened. */
function timeOf(text: string | undefined): string | undefined {
  return text === undefined || text === "" || text.startsWith("0001-") ? undefined : text;
}
