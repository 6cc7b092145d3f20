import type { Manifest } from "../../../domain/manifest.ts";
import type { PointReader } from "../../../ports/repository.ts";
import type { Context, Deps } from "../../context.ts";
import { type NetworksPlan, networksPlan } from "../networks/plan-networks.ts";
import { networksOf } from "../networks/recorded-networks.ts";

/** Made by nobody or by another project: only those can be external. */
function isOthers(labels: Readonly<Record<string, string>>, { stack }: Manifest): boolean {
  return labels["com.docker.compose.project"] !== stack?.project;
}

/**
 * The original's external networks, which a copy shares, where they are gone; what is there stays as
 * it is. Refuses what cannot be made.
 */
export async function externalNetworks(
  reader: PointReader,
  deps: Deps,
  context: Context,
): Promise<NetworksPlan> {
  const found = await networksOf(reader, context);
  const recorded = found.recorded.filter(({ definition }) =>
    isOthers(definition.labels, reader.manifest),
  );
  const plan = await networksPlan({ ...found, recorded }, "keep", [], deps.engine);
  return { ...plan, keep: [] };
}

/** Of these only what the copy's files still name. */
export function namedOnly(plan: NetworksPlan, names: ReadonlySet<string>): NetworksPlan {
  return { ...plan, make: plan.make.filter((one) => names.has(one.recorded.definition.name)) };
}
