import type { RecordedVolume } from "../../../domain/manifest.ts";
import {
  type ContainerCreation,
  creationOf,
  namedVolumes,
  withImage,
} from "../../../domain/standalone/creation.ts";
import { maskedValues } from "../../../domain/standalone/masked-values.ts";
import { StackholdError } from "../../../errors.ts";
import type { PointReader } from "../../../ports/repository.ts";
import type { Context, Deps } from "../../context.ts";
import { obtainImage } from "../obtain-image.ts";
import { dataPathOf, type Placement } from "../placements.ts";
import type { RestoreInput } from "../restore-input.ts";
import type { Survey } from "../survey.ts";
import { changedSince } from "./changed-since.ts";
import { readRecipe, recipePart, type StoredRecipe } from "./read-recipe.ts";
import { refuseNameTaken, requireNetworks, resolveReferences } from "./requirements.ts";

/** What a restore in place does about a standalone container, besides its data. */
export interface StandalonePlan {
  /** The container is gone. */
  readonly creation?: ContainerCreation;
  /** What has to be made before it. */
  readonly volumes: readonly RecordedVolume[];
  readonly warnings: readonly string[];
}

/** What is made must be what was stored: the recipe is verified although it is no data. */
export async function recipeFor(
  reader: PointReader,
  container: string,
  { signal }: Context,
): Promise<StoredRecipe> {
  const { backupId } = reader.manifest;
  const part = recipePart(reader);
  const problems =
    part === undefined ? [] : await reader.verify({ deep: false, parts: [part] }, { signal });
  const [damage] = problems;
  if (damage !== undefined) {
    throw new StackholdError(
      "POINT_DAMAGED",
      `the recipe in the point ${backupId} is damaged: ${damage.problem}`,
      { hint: "nothing was touched; restore another point: stackhold list points" },
    );
  }
  const recipe = await readRecipe(reader, container, signal);
  if (recipe !== undefined) return recipe;
  throw new StackholdError(
    "RESTORE_FAILED",
    `the point ${backupId} has no recipe of the container ${container}, so that it cannot be made`,
    {
      hint: "create it by hand and run this again, or restore with --to directory:DIR; points of scope standard have a recipe",
    },
  );
}

export function refuseMasked(
  { hasSecrets }: StoredRecipe,
  { name, config, hostConfig, networks }: ContainerCreation,
  volumes: readonly RecordedVolume[],
): void {
  if (hasSecrets) return;
  const masked = [
    ...maskedValues(config),
    ...maskedValues(hostConfig),
    ...maskedValues(networks),
    ...volumes.flatMap((volume) =>
      maskedValues({ options: volume.options, labels: volume.labels }).map(
        (place) => `volume ${volume.name} ${place}`,
      ),
    ),
  ];
  if (masked.length === 0) return;
  throw new StackholdError(
    "RESTORE_FAILED",
    `the point of ${name} was made with secrets: redact: the values of ${masked.join(", ")} are missing`,
    {
      hint: "nothing was touched: create the container by hand with these values and run this again, so that its data comes into it",
    },
  );
}

/** Without a volume of its own the engine makes one, which has no labels and no options. */
function volumesToMake(
  { volumes }: StoredRecipe,
  creation: ContainerCreation,
  now: Survey,
): RecordedVolume[] {
  const named = namedVolumes(creation);
  return volumes.filter(({ name }) => named.has(name) && !now.volumes.has(name));
}

/**
 * Of a standalone unit: how its container is made where it is gone, and what of it differs where
 * it is there. Throws, with nothing touched, where it cannot be made. `coming`: networks that will be.
 */
export async function planStandalone(
  reader: PointReader,
  now: Survey,
  input: Pick<RestoreInput, "dryRun" | "parts">,
  coming: ReadonlySet<string>,
  deps: Deps,
  context: Context,
): Promise<StandalonePlan | undefined> {
  const { manifest } = reader;
  if (manifest.kind !== "standalone") return undefined;
  const [gone] = now.missing;
  if (gone === undefined) {
    const isWhole = input.parts.length === 0;
    return { volumes: [], warnings: isWhole ? await changedSince(reader, now, deps, context) : [] };
  }
  await refuseNameTaken(gone.name, deps);
  const recipe = await recipeFor(reader, gone.name, context);
  const hostName = manifest.engine.name;
  const recorded = creationOf(recipe.inspection, { hostName });
  const volumes = volumesToMake(recipe, recorded, now);
  refuseMasked(recipe, recorded, volumes);
  const creation = await resolveReferences(recorded, recipe.containers, deps);
  await requireNetworks(creation, coming, deps);
  if (input.dryRun) return { creation, volumes, warnings: [] };
  const { reference, warnings } = await obtainImage(gone, reader, deps, context);
  return { creation: withImage(creation, reference), volumes, warnings };
}

/** A volume that the container has by name is there already, also where it was anonymous once. */
export function placedByName(
  placed: readonly Placement[],
  { creation }: StandalonePlan,
  now: Survey,
): Placement[] {
  if (creation === undefined) return [...placed];
  const named = namedVolumes(creation);
  return placed.map((placement) => {
    const { source, kind } = placement.part;
    if (placement.target !== undefined || kind !== "volume" || !named.has(source)) return placement;
    const present = now.volumes.get(source);
    return present === undefined ? placement : { ...placement, target: dataPathOf(present) };
  });
}
