import { bindPlace, type Looked } from "../../../domain/copy/bind-place.ts";
import { copiedContainer } from "../../../domain/copy/copied-container.ts";
import { type CopiedManifest, copiedManifest } from "../../../domain/copy/copied-manifest.ts";
import { moved } from "../../../domain/copy/moves.ts";
import { publishedPorts } from "../../../domain/copy/published-ports.ts";
import type { RecordedMember } from "../../../domain/manifest.ts";
import { formatPart } from "../../../domain/part.ts";
import { creationOf, withImage } from "../../../domain/standalone/creation.ts";
import { StackholdError } from "../../../errors.ts";
import type { PointReader } from "../../../ports/repository.ts";
import type { Context, Deps } from "../../context.ts";
import { nothingStopped } from "../../outage/plan-outage.ts";
import { imagesFromPoint } from "../image-from-point.ts";
import { type InPlacePlan, restoreInPlace } from "../in-place.ts";
import type { LocatedPoint } from "../locate-point.ts";
import { networksPlan } from "../networks/plan-networks.ts";
import { networksOf } from "../networks/recorded-networks.ts";
import { obtainImage } from "../obtain-image.ts";
import { placements } from "../placements.ts";
import { refuseReserved } from "../refuse-reserved.ts";
import { restoreActions } from "../restore-actions.ts";
import type { RestoreInput } from "../restore-input.ts";
import { recipeFor, refuseMasked } from "../standalone/plan-standalone.ts";
import { requireNetworks, resolveReferences } from "../standalone/requirements.ts";
import { survey } from "../survey.ts";
import { requireReady, requireRoomFor } from "./guards.ts";
import type { MadeCopy } from "./make-copy.ts";
import { planMoves } from "./plan-copy.ts";
import { refuseTakenBy } from "./refuse-taken.ts";

interface StandaloneCopy {
  /** A point as if of the copy, which is restored in place where nothing is. */
  readonly point: LocatedPoint;
  readonly plan: InPlacePlan;
  readonly places: readonly string[];
  readonly notes: readonly string[];
}

/** Reads the point's parts for the copy's. */
function readerOf(reader: PointReader, { manifest, parts }: CopiedManifest): PointReader {
  const original = (part: Parameters<PointReader["extract"]>[0]) => {
    const own = manifest.parts.find(({ kind, name }) => kind === part.kind && name === part.name);
    return (own && parts.get(own)) ?? part;
  };
  return {
    ...reader,
    manifest,
    extract: (part, ...rest) => reader.extract(original(part), ...rest),
    list: (part, ...rest) => reader.list(original(part), ...rest),
  };
}

interface Told {
  readonly notes: ReadonlySet<string>;
  readonly warnings: ReadonlySet<string>;
}

/** How the container is made, and which data of the point becomes its own. */
async function renamedUnit(
  reader: PointReader,
  { name: original }: RecordedMember,
  name: string,
  deps: Deps,
  context: Context,
) {
  const { manifest } = reader;
  const moves = (await planMoves(manifest, name, deps)).flatMap((tree) => tree.moves);
  const recipe = await recipeFor(reader, original, context);
  const recorded = creationOf(recipe.inspection, { hostName: manifest.engine.name });
  refuseMasked(recipe, recorded, recipe.volumes);
  const looked = new Map<string, Looked>();
  for (const { source } of manifest.members.flatMap(({ mounts }) => mounts)) {
    looked.set(source, await deps.capture.probe(source));
  }
  const look = (path: string) => looked.get(path) ?? { type: "missing", realPath: path };
  const told = { notes: new Set<string>(), warnings: new Set<string>() };
  const copied = copiedContainer(recorded, {
    name,
    volumes: recipe.volumes.length === 0 ? manifest.volumes : recipe.volumes,
    parts: manifest.parts,
    bindPlace: (source) => {
      const target = moved(source, moves);
      // Nothing of it is unpacked yet.
      if (target !== undefined) return { kind: "copied", source: target };
      return bindPlace(source, [], [], look);
    },
    nameOf: (reference) => recipe.containers[reference] ?? reference,
    remarks: {
      note: (text) => void told.notes.add(text),
      warn: (text) => void told.warnings.add(text),
    },
  });
  const renamed = copiedManifest(manifest, name, copied, moves);
  for (const part of renamed.left) {
    told.warnings.add(`${formatPart(part)} is not copied: it is no mount of the container's own`);
  }
  const creation = await resolveReferences(copied.creation, recipe.containers, deps);
  return { renamed, creation, volumes: [...copied.volumes.values()], told: told as Told };
}

async function planCopy(
  { reader, repository }: LocatedPoint,
  name: string,
  input: RestoreInput,
  deps: Deps,
  context: Context,
): Promise<StandaloneCopy> {
  const [member] = reader.manifest.members;
  if (member === undefined) {
    throw new StackholdError("RESTORE_FAILED", `${reader.manifest.unit} has no container`);
  }
  const { renamed, creation, volumes, told } = await renamedUnit(
    reader,
    member,
    name,
    deps,
    context,
  );
  const { manifest } = renamed;
  const now = await survey(manifest, deps);
  const placed = placements(
    manifest.parts.map((part) => ({ part })),
    manifest,
    now,
  );
  const places = placed.flatMap(({ target }) => target ?? []);
  const volumeNames = volumes.map((volume) => volume.name);
  await refuseTakenBy(name, [name], volumeNames, places, deps);
  const { dataRoot } = await deps.engine.info();
  await refuseReserved(placed, manifest, now, false, dataRoot, deps);
  await requireRoomFor(placed, deps);
  const found = await networksOf(reader, context);
  const networks = { ...(await networksPlan(found, "keep", [], deps.engine)), keep: [] };
  const coming = networks.make.map(({ recorded }) => recorded.definition.name);
  await requireNetworks(creation, new Set(coming), deps);
  const image = input.dryRun ? undefined : await obtainImage(member, reader, deps, context);
  const loads = input.dryRun ? await imagesFromPoint([member], reader.manifest, deps) : [];
  const plan: InPlacePlan = {
    placed,
    occupied: new Set(),
    now,
    standalone: {
      creation: image === undefined ? creation : withImage(creation, image.reference),
      volumes,
      warnings: [],
    },
    members: [],
    stop: nothingStopped(name),
    starts: member.running ? [name] : [],
    networks,
    volumes: [],
    loads,
    pins: [],
    isCopy: true,
    warnings: [...told.warnings, ...(image?.warnings ?? [])],
  };
  const point = { repository, reader: readerOf(reader, renamed) };
  return { point, plan, places, notes: [...told.notes] };
}

/**
 * Makes a container of another name from a point, beside the original, which nothing of this touches: the
 * restore in place of a container that is gone, under its new name. Throws with nothing of it left.
 */
export async function copyStandalone(
  point: LocatedPoint,
  name: string,
  input: RestoreInput,
  deps: Deps,
  context: Context,
): Promise<MadeCopy | { readonly actions: readonly string[] }> {
  const copy = await planCopy(point, name, input, deps, context);
  if (input.dryRun) {
    const actions = restoreActions(
      copy.point,
      [],
      { ...input, to: { kind: "in-place" } },
      copy.plan,
    );
    return { actions: [...actions, ...copy.plan.warnings] };
  }
  await requireReady(point, deps, context);
  const restored = await restoreInPlace(copy.point, copy.plan, input, deps, context);
  if (restored.error !== undefined) throw restored.error;
  const ports = publishedPorts(name, await deps.engine.inspectRaw(name));
  const { running, surroundings = {}, warnings } = restored;
  return {
    copy: { places: [...copy.places], ports, notes: [...copy.notes] },
    running,
    surroundings,
    warnings,
  };
}
