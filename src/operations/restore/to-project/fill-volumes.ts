import { formatPart } from "../../../domain/part.ts";
import type { Member } from "../../../domain/unit.ts";
import type { Context, Deps } from "../../context.ts";
import type { Outage } from "../../outage/quiesce.ts";
import type { LocatedPoint } from "../locate-point.ts";
import { planStages, stageParts } from "../stage-parts.ts";
import { volumesOf } from "./make-volumes.ts";
import type { CopyPlan } from "./plan-copy.ts";
import type { WrittenProject } from "./write-project.ts";

/**
 * Replaces what the images put into the new volumes by the point's data. Returns warnings: a volume
 * that no service uses any more is not made.
 */
export async function fillVolumes(
  plan: CopyPlan,
  point: LocatedPoint,
  members: readonly Member[],
  written: WrittenProject,
  outage: Outage,
  deps: Deps,
  context: Context,
): Promise<string[]> {
  const { manifest } = point.reader;
  const parts = plan.placed.flatMap(({ part }) => (part.kind === "volume" ? [part] : []));
  const names = await volumesOf(parts, manifest, members, written, deps);
  const volumes = new Map((await deps.engine.volumes()).map((volume) => [volume.name, volume]));
  const ready = parts.flatMap((part) => {
    const target = volumes.get(names.get(part) ?? "")?.mountpoint;
    return target === undefined ? [] : [{ part, target }];
  });
  const stages = await planStages(ready, deps, context);
  const swaps = stages.map(({ swap }) => swap);
  await outage.amend({ stages: [...outage.entry().stages, ...swaps] });
  await stageParts(stages, point, deps, context, outage.beat);
  for (const swap of swaps) {
    await deps.capture.swap(swap);
    await deps.capture.forget(swap);
  }
  return parts
    .filter((part) => !ready.some((one) => one.part === part))
    .map((part) => `${formatPart(part)} is used by no service and was not copied`);
}
