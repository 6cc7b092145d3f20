import { parse } from "yaml";
import { z } from "zod";
import type { NetworkDefinition } from "./definition.ts";

const resolvedSchema = z.looseObject({
  networks: z
    .record(
      z.string(),
      z
        .looseObject({
          external: z.boolean().nullish(),
          ipam: z
            .looseObject({
              config: z.array(z.looseObject({ subnet: z.string().nullish() })).nullish(),
            })
            .nullish(),
        })
        .nullish(),
    )
    .nullish(),
});

/**
 * Tells of which networks of a project nobody asked for a subnet, from its configuration as Compose
 * resolves it. Of what it does not speak nobody knows: there somebody may have.
 */
export function automaticSubnets(
  resolved: string | undefined,
  project: string | undefined,
): (definition: NetworkDefinition) => boolean {
  const parsed = resolved === undefined ? undefined : resolvedSchema.safeParse(parse(resolved));
  const networks = parsed?.data?.networks ?? {};
  return ({ labels }) => {
    if (project === undefined || labels["com.docker.compose.project"] !== project) return false;
    const key = labels["com.docker.compose.network"];
    if (key === undefined || !(key in networks)) return false;
    const network = networks[key];
    if (network?.external === true) return false;
    return !(network?.ipam?.config ?? []).some(({ subnet }) => subnet);
  };
}
