import type { Manifest, StoredPart } from "../../../domain/manifest.ts";
import { formatPart } from "../../../domain/part.ts";
import type { Member, Volume } from "../../../domain/unit.ts";
import type { Context, Deps } from "../../context.ts";
import type { Outage } from "../../outage/quiesce.ts";
import type { LocatedPoint } from "../locate-point.ts";
import { pairUp } from "../pair-up.ts";
import { planStages, stageParts } from "../stage-parts.ts";
import type { CopyPlan } from "./plan-copy.ts";

/** The copy's volume for one of the original's: what its containers have mounted in its place. */
function volumeOfCopy(
  { source }: StoredPart,
  manifest: Manifest,
  members: readonly Member[],
): string | undefined {
  for (const [recorded, member] of pairUp(manifest.members, members)) {
    const mounts = recorded.mounts.filter(({ volume }) => volume === source);
    for (const { destination } of mounts) {
      const found = member.mounts.find((mount) => mount.destination === destination);
      if (found?.volume !== undefined) return found.volume;
    }
  }
  return undefined;
}

function volumePlaces(
  plan: CopyPlan,
  manifest: Manifest,
  members: readonly Member[],
  volumes: readonly Volume[],
) {
  const parts = plan.placed.flatMap(({ part }) => (part.kind === "volume" ? [part] : []));
  return parts.map((part) => {
    const name = volumeOfCopy(part, manifest, members);
    return { part, target: volumes.find((volume) => volume.name === name)?.mountpoint };
  });
}

/**
 * Replaces what the images put into the new volumes by the point's data. Returns warnings: a volume
 * that no container of the copy mounts is not made, so nothing can be put there.
 */
export async function fillVolumes(
  plan: CopyPlan,
  point: LocatedPoint,
  members: readonly Member[],
  outage: Outage,
  deps: Deps,
  context: Context,
): Promise<string[]> {
  const { manifest } = point.reader;
  const places = volumePlaces(plan, manifest, members, await deps.engine.volumes());
  const ready = places.flatMap(({ part, target }) =>
    target === undefined ? [] : [{ part, target }],
  );
  const stages = await planStages(ready, deps, context);
  const swaps = stages.map(({ swap }) => swap);
  await outage.amend({ stages: [...outage.entry().stages, ...swaps] });
  await stageParts(stages, point, deps, context, outage.beat);
  for (const swap of swaps) {
    await deps.capture.swap(swap);
    await deps.capture.forget(swap);
  }
  return places
    .filter(({ target }) => target === undefined)
    .map(({ part }) => `${formatPart(part)} is mounted by no container and was not copied`);
}
