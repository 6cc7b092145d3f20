import type { PointReader } from "../../ports/repository.ts";
import type { Context, Deps } from "../context.ts";
import type { InPlacePlan } from "./in-place.ts";
import { missingVolumes } from "./missing-volumes.ts";
import { networksPlan, noNetworks } from "./networks/plan-networks.ts";
import { networksOf } from "./networks/recorded-networks.ts";
import type { Placement } from "./placements.ts";
import type { RestoreInput } from "./restore-input.ts";
import type { Survey } from "./survey.ts";

/**
 * Networks and volumes of the point; those of a standalone container are made with it. A restore of some parts
 * makes what new containers need.
 */
export async function planSurroundings(
  reader: PointReader,
  placed: readonly Placement[],
  now: Survey,
  input: RestoreInput,
  deps: Deps,
  context: Context,
): Promise<Pick<InPlacePlan, "networks" | "volumes">> {
  const isWhole = input.parts.length === 0;
  const waiting = placed.filter(({ target }) => target === undefined);
  const only = isWhole ? undefined : new Set(waiting.map(({ part }) => part.source));
  const isLone = reader.manifest.kind === "standalone";
  const volumes = isLone ? [] : await missingVolumes(reader, now, only, context);
  if (!isWhole && now.missing.length === 0) return { networks: noNetworks, volumes };
  const found = await networksOf(reader, context);
  const { engine } = deps;
  if (isWhole) {
    return { networks: await networksPlan(found, input.networks, now.members, engine), volumes };
  }
  const coming = new Set(now.missing.map(({ name }) => name));
  const needed = found.recorded.filter(({ endpoints }) =>
    [...endpoints.keys()].some((name) => coming.has(name)),
  );
  const { make, warnings } = await networksPlan(
    { ...found, recorded: needed },
    "keep",
    now.members,
    engine,
  );
  return { networks: { make, warnings, keep: [] }, volumes };
}
