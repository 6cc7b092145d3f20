import type { ChosenPart } from "../../domain/choose-parts.ts";
import type { Manifest, StoredPart } from "../../domain/manifest.ts";
import { boundDevice, isRunning } from "../../domain/unit.ts";
import type { PointReader } from "../../ports/repository.ts";
import type { Context, Deps } from "../context.ts";
import type { OutagePlan } from "../outage/plan-outage.ts";
import { imagesFromPoint } from "./image-from-point.ts";
import type { InPlacePlan } from "./in-place.ts";
import { arrivalsOnOwnDisks } from "./own-disks.ts";
import { type Placement, placedAtDevices, placements, reachOf } from "./placements.ts";
import { planStart, planStop, usersOf } from "./plan-stop.ts";
import { planSurroundings } from "./plan-surroundings.ts";
import { refusePaths } from "./refuse-paths.ts";
import { refuseReserved } from "./refuse-reserved.ts";
import { requireImages } from "./require-images.ts";
import { type Arrival, requireSpace, volumesOf } from "./require-space.ts";
import type { RestoreInput } from "./restore-input.ts";
import { placedByName, planStandalone } from "./standalone/plan-standalone.ts";
import { type Survey, survey } from "./survey.ts";

/**
 * Of the containers that are gone those of services that were named, and those that mount a volume
 * that is gone, since Compose makes it along with them.
 */
function neededFor(
  placed: readonly Placement[],
  { services }: RestoreInput,
  now: Survey,
): Survey["missing"] {
  const waiting = placed.filter(({ target }) => target === undefined);
  const volumes = new Set(waiting.map(({ part }) => part.source));
  return now.missing.filter(
    ({ service, mounts }) =>
      services.includes(service ?? "") || mounts.some((m) => volumes.has(m.volume ?? "")),
  );
}

/** Compose makes a volume that is gone as it was: a directory by another name, or the engine's own. */
function arrivals(placed: readonly Placement[], manifest: Manifest, dataRoot: string): Arrival[] {
  const bound = ({ source }: StoredPart) => {
    const volume = manifest.volumes.find(({ name }) => name === source);
    return volume === undefined ? undefined : boundDevice(volume);
  };
  return placed.map(({ part, target }) => ({
    part,
    path: target ?? bound(part) ?? volumesOf(dataRoot),
  }));
}

/** What a restore in place would touch, and that it can; nothing is touched yet. */
export async function planInPlace(
  reader: PointReader,
  chosen: readonly ChosenPart[],
  input: RestoreInput,
  deps: Deps,
  context: Context,
): Promise<InPlacePlan> {
  const { manifest } = reader;
  const found = await survey(manifest, deps);
  const here = placements(chosen, manifest, found);
  const isWhole = input.parts.length === 0;
  const now = isWhole ? found : { ...found, missing: neededFor(here, input, found) };
  const around = await planSurroundings(reader, here, now, input, deps, context);
  const coming = new Set(around.networks.make.map(({ recorded }) => recorded.definition.name));
  const standalone = await planStandalone(reader, now, input, coming, deps, context);
  const named = standalone === undefined ? here : placedByName(here, standalone, now);
  const placed = placedAtDevices(named, standalone?.volumes ?? around.volumes);
  await refusePaths(placed, deps);
  const { dataRoot } = await deps.engine.info();
  await refuseReserved(placed, manifest, now, input.withProject, dataRoot, deps);
  const targets = placed.flatMap(reachOf);
  const members = isWhole ? now.members : usersOf(targets, now);
  const stop = planStop(manifest, now, members, targets, input.policy);
  const isComposed = standalone === undefined && now.missing.length > 0;
  if (isComposed) await deps.composer.version();
  const ofImages =
    isComposed && !input.dryRun
      ? await requireImages(now.missing, reader, deps, context)
      : { pins: [], warnings: [] };
  const loads = input.dryRun ? await imagesFromPoint(now.missing, manifest, deps) : [];
  const apart = await arrivalsOnOwnDisks(placed, reader, deps, context.signal);
  await requireSpace([...arrivals(placed, manifest, dataRoot), ...apart], deps);
  const occupied = await occupiedAmong(targets, deps);
  const parts = isWhole ? undefined : { wasUp: now.members.some(isRunning) };
  const starts = startsOf(manifest, now, stop, parts);
  return {
    placed,
    ...(standalone === undefined ? {} : { standalone }),
    occupied,
    now,
    members,
    stop,
    starts,
    loads,
    ...around,
    pins: ofImages.pins,
    warnings: [...ofImages.warnings, ...(standalone?.warnings ?? [])],
    ...(parts === undefined ? {} : { parts }),
  };
}

/** What is to be created is known by its recorded name only. */
function startsOf(
  manifest: Manifest,
  now: Survey,
  stop: OutagePlan,
  parts: InPlacePlan["parts"],
): string[] {
  const { members, missing } = now;
  const before = stop.containers;
  const planned = planStart({ manifest, members, before, ...(parts ? { parts } : {}) });
  const created = missing.filter(({ running }) => running && parts?.wasUp !== false);
  const present = planned.filter((container) => container.start && !container.follower);
  return [...present, ...created].map(({ name }) => name);
}

async function occupiedAmong(targets: readonly string[], deps: Deps): Promise<Set<string>> {
  const probes = await Promise.all(targets.map((target) => deps.capture.probe(target)));
  return new Set(targets.filter((_, index) => probes[index]?.type !== "missing"));
}
