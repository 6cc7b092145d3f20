import type { Manifest } from "../../domain/manifest.ts";
import { recordedServices } from "../../domain/recorded-services.ts";
import { isRunning } from "../../domain/unit.ts";
import { StackholdError } from "../../errors.ts";
import type { ComposeService } from "../../ports/composer.ts";
import { composeProject } from "../compose-project.ts";
import type { Context, Deps } from "../context.ts";
import { asleep } from "../outage/journaled.ts";
import type { OwnTargets } from "../outage/own-targets.ts";
import type { Outage } from "../outage/quiesce.ts";
import { suspendPolicies } from "../outage/restart-policies.ts";
import { mountedOnUse, whileMounted } from "../outage/while-mounted.ts";
import type { InPlacePlan } from "./in-place.ts";
import type { LocatedPoint } from "./locate-point.ts";
import { markCopies } from "./mark-copies.ts";
import { pinImages } from "./pin-images.ts";
import { dataPathOf, type Placement, placements } from "./placements.ts";
import { held } from "./plan-stop.ts";
import { refuseReserved } from "./refuse-reserved.ts";
import { planStages, type StagedPart, stageParts } from "./stage-parts.ts";
import { createStandalone } from "./standalone/create-standalone.ts";
import { type Survey, survey } from "./survey.ts";

/** Of each service that lacks one as many as there were, whatever their numbers. */
function servicesShort(manifest: Manifest, missing: Survey["missing"]): ComposeService[] {
  const short = new Set(missing.map(({ service }) => service));
  return recordedServices(manifest).filter(({ name }) => short.has(name));
}

/** Containers that Compose just made must not start by policy, and must go with a rollback. */
async function holdCreated(before: Survey, after: Survey, outage: Outage, deps: Deps) {
  const known = new Set(before.members.map((member) => member.id));
  const created = after.members.filter((member) => !known.has(member.id) && !isRunning(member));
  const containers = created.map((member) => ({
    ...asleep(member),
    ...held(member),
    created: true,
  }));
  await outage.amend({ containers: [...outage.entry().containers, ...containers] });
  await suspendPolicies(containers, deps.engine);
}

function located(
  placed: readonly Placement[],
  { kind }: Manifest,
): (Placement & { target: string })[] {
  return placed.map(({ target, ...placement }) => {
    if (target !== undefined) return { ...placement, target };
    const { part } = placement;
    const [maker, hint] =
      kind === "stack"
        ? [
            "Compose",
            "the compose file in the project directory does not define it: restore with --with-project",
          ]
        : ["the engine", "the container does not mount it any more: remove it and restore again"];
    throw new StackholdError("RESTORE_FAILED", `${maker} made no volume for ${part.source}`, {
      hint,
    });
  });
}

/** A container that borrows volumes may have another's in the place of its own. */
function refusePresent(ready: readonly { target: string }[], { volumes }: Survey): void {
  const present = new Set([...volumes.values()].map(dataPathOf));
  const target = ready.find((one) => present.has(one.target))?.target;
  if (target === undefined) return;
  throw new StackholdError("RESTORE_FAILED", `the copy would write into the original's ${target}`, {
    hint: "restore its data with --to directory:DIR instead",
  });
}

async function createByCompose(
  manifest: Manifest,
  { now: before, pins }: Pick<InPlacePlan, "now" | "pins">,
  outage: Outage,
  deps: Deps,
  context: Context,
): Promise<{ readonly after: Survey; readonly warnings: readonly string[] }> {
  const project = manifest.stack === undefined ? undefined : composeProject(manifest.stack);
  if (project === undefined) {
    throw new StackholdError(
      "RESTORE_FAILED",
      `${manifest.unit} was stored without its compose file`,
    );
  }
  const pinned = await pinImages(project, pins, outage, deps, context);
  const created = deps.composer.create(pinned.project, servicesShort(manifest, before.missing));
  await created.catch(() => {}); // it may have created some of them before it failed
  const after = await survey(manifest, deps);
  await holdCreated(before, after, outage, deps);
  await created;
  return { after, warnings: pinned.warnings };
}

/**
 * Creates the containers, networks and volumes that are gone, of a stack by Compose, then fills the
 * volumes that were waiting for it. Nothing is started. Returns warnings.
 */
export async function createMissing(
  point: LocatedPoint,
  plan: Pick<InPlacePlan, "now" | "standalone" | "pins" | "isCopy">,
  waiting: readonly Placement[],
  own: OwnTargets,
  outage: Outage,
  deps: Deps,
  context: Context,
): Promise<readonly string[]> {
  const { manifest } = point.reader;
  const { standalone } = plan;
  if (standalone !== undefined) await createStandalone(standalone, outage, deps, context);
  const { after, warnings } =
    standalone === undefined
      ? await createByCompose(manifest, plan, outage, deps, context)
      : { after: await survey(manifest, deps), warnings: [] };
  const placed = placements(waiting, manifest, after);
  const { dataRoot } = await deps.engine.info();
  await refuseReserved(placed, manifest, after, false, dataRoot, deps);
  const ready = located(placed, manifest);
  if (plan.isCopy === true) refusePresent(ready, plan.now);
  const targets = ready.map(({ target }) => target);
  await own.note(targets, outage);
  await whileMounted(targets, deps, () => fill(ready, targets, point, outage, deps, context));
  return warnings;
}

/** Of a volume of a device what is there already is a safety copy. */
async function fill(
  ready: readonly (Placement & { target: string })[],
  targets: readonly string[],
  point: LocatedPoint,
  outage: Outage,
  deps: Deps,
  context: Context,
): Promise<void> {
  const stages: StagedPart[] = await planStages(ready, deps, context);
  await outage.amend({
    stages: [...outage.entry().stages, ...stages.map(({ swap }) => swap)],
  });
  const staged = await stageParts(stages, point, deps, context, outage.beat);
  const swaps = staged.map(({ swap }) => swap);
  const kept = (await mountedOnUse(targets, deps)).map(({ path }) => path);
  const copies = swaps.filter(({ target }) => kept.includes(target));
  await markCopies(copies, point.reader.manifest.unit, deps, context);
  await outage.amend({ swaps: [...outage.entry().swaps, ...swaps] });
  for (const swap of swaps) await deps.capture.swap(swap);
}
