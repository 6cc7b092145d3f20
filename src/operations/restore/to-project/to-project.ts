import { StackholdError } from "../../../errors.ts";
import { type Context, type Deps, step } from "../../context.ts";
import { recoverUnits } from "../../recover/recover-units.ts";
import { imagesFromPoint } from "../image-from-point.ts";
import { leftDownBefore } from "../left-down.ts";
import type { LocatedPoint } from "../locate-point.ts";
import { requireImages } from "../require-images.ts";
import type { RestoreInput } from "../restore-input.ts";
import { copyActions } from "./copy-actions.ts";
import { copyStandalone } from "./copy-standalone.ts";
import { externalNetworks } from "./external-networks.ts";
import { requireReady, requireRoomFor } from "./guards.ts";
import { type MadeCopy, makeCopy } from "./make-copy.ts";
import { planCopy, refuseName } from "./plan-copy.ts";
import { refuseTaken } from "./refuse-taken.ts";

/**
 * Makes a stack of its own from a point, beside the original, which nothing of this touches. Throws
 * with nothing of it left.
 */
export async function restoreToProject(
  point: LocatedPoint,
  name: string,
  input: RestoreInput,
  deps: Deps,
  context: Context,
): Promise<MadeCopy | { readonly actions: readonly string[] }> {
  const { manifest } = point.reader;
  if (input.withProject) {
    throw new StackholdError("USAGE", "--with-project is for restores in place", {
      hint: "a copy always has the project files of the point",
    });
  }
  refuseName(name, manifest);
  if (!input.dryRun) await recoverUnits(deps, context, name);
  const what = `restore of ${manifest.unit} as ${name}`;
  await using _lock = input.dryRun
    ? undefined
    : await deps.locks.acquire(`unit/${name}`, "run", what, context.signal);
  await leftDownBefore(name, deps);
  await deps.capture.tools();
  if (manifest.kind === "standalone") {
    return await copyStandalone(point, name, input, deps, context);
  }
  const plan = await planCopy(manifest, name, deps);
  await deps.composer.version();
  const networks = await step("plan", manifest.unit, deps.clock, context, async () => {
    await refuseTaken(plan, manifest, deps);
    await requireRoomFor(plan.placed, deps);
    return externalNetworks(point.reader, deps, context);
  });
  const lasting = manifest.members.filter(({ oneOff }) => !oneOff);
  if (input.dryRun) {
    const loads = await imagesFromPoint(lasting, manifest, deps);
    return { actions: copyActions(point, plan, networks, loads, input.noStart) };
  }
  await requireReady(point, deps, context);
  const { pins, warnings } = await requireImages(lasting, point.reader, deps, context);
  const made = await makeCopy(point, { ...plan, pins }, networks, input, deps, context);
  return { ...made, warnings: [...warnings, ...made.warnings] };
}
