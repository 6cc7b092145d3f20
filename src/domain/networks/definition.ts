import { z } from "zod";
import { ofEveryEngine } from "./of-every-engine.ts";

const texts = z.record(z.string(), z.string());

/** One subnet of a network as somebody asked for it, or as the engine chose it. */
const poolSchema = z.strictObject({
  subnet: z.string(),
  ipRange: z.string().exactOptional(),
  gateway: z.string().exactOptional(),
  auxiliary: texts,
});

/** What a network is made of: all that is needed to make it again. */
export const networkDefinitionSchema = z.strictObject({
  name: z.string().min(1),
  driver: z.string(),
  scope: z.string(),
  internal: z.boolean(),
  attachable: z.boolean(),
  ingress: z.boolean(),
  ipv4: z.boolean(),
  ipv6: z.boolean(),
  ipam: z.strictObject({
    driver: z.string(),
    /** The engine tells null from empty. */
    options: texts.nullable(),
    pools: z.array(poolSchema),
  }),
  options: texts,
  labels: texts,
  /** Name of the network that its configuration is taken from. */
  configFrom: z.string().exactOptional(),
  configOnly: z.boolean(),
});

export type Pool = z.infer<typeof poolSchema>;
export type NetworkDefinition = z.infer<typeof networkDefinitionSchema>;

const nullableTexts = texts.nullish();

/** The engine's own words: GET /networks and GET /networks/{id}. */
const rawSchema = z.looseObject({
  Name: z.string().min(1),
  Driver: z.string(),
  Scope: z.string().nullish(),
  Internal: z.boolean().nullish(),
  Attachable: z.boolean().nullish(),
  Ingress: z.boolean().nullish(),
  EnableIPv4: z.boolean().nullish(),
  EnableIPv6: z.boolean().nullish(),
  IPAM: z
    .looseObject({
      Driver: z.string().nullish(),
      Options: nullableTexts,
      Config: z
        .array(
          z.looseObject({
            Subnet: z.string().nullish(),
            IPRange: z.string().nullish(),
            Gateway: z.string().nullish(),
            AuxiliaryAddresses: nullableTexts,
          }),
        )
        .nullish(),
    })
    .nullish(),
  Options: nullableTexts,
  Labels: nullableTexts,
  ConfigFrom: z.looseObject({ Network: z.string().nullish() }).nullish(),
  ConfigOnly: z.boolean().nullish(),
});

/** Some engines say the gateway that they chose with its mask, and none takes it so. */
const withoutMask = (address: string) => address.replace(/\/\d+$/, "");

/** Throws where it is not the engine's description of a network. */
export function networkDefinition(described: unknown): NetworkDefinition {
  const raw = rawSchema.parse(described);
  const pools = (raw.IPAM?.Config ?? []).flatMap((pool): Pool[] => {
    if (!pool.Subnet) return [];
    return [
      {
        subnet: pool.Subnet,
        ...(pool.IPRange ? { ipRange: pool.IPRange } : {}),
        ...(pool.Gateway ? { gateway: withoutMask(pool.Gateway) } : {}),
        auxiliary: pool.AuxiliaryAddresses ?? {},
      },
    ];
  });
  return {
    name: raw.Name,
    driver: raw.Driver,
    scope: raw.Scope ?? "local",
    internal: raw.Internal ?? false,
    attachable: raw.Attachable ?? false,
    ingress: raw.Ingress ?? false,
    // Engines before 28 know no network without it and do not speak of it.
    ipv4: raw.EnableIPv4 ?? true,
    ipv6: raw.EnableIPv6 ?? false,
    ipam: { driver: raw.IPAM?.Driver || "default", options: raw.IPAM?.Options ?? null, pools },
    options: raw.Options ?? {},
    labels: raw.Labels ?? {},
    ...(raw.ConfigFrom?.Network ? { configFrom: raw.ConfigFrom.Network } : {}),
    configOnly: raw.ConfigOnly ?? false,
  };
}

const ofEngines = [...ofEveryEngine, "docker_gwbridge"];

/** The engine's own networks, and those of a swarm, which its managers alone make: never touched. */
export function isOfEngine({ name, scope, ingress }: NetworkDefinition): boolean {
  return ofEngines.includes(name) || ingress || scope !== "local";
}
