import type { ChosenPart } from "../../domain/choose-parts.ts";
import {
  imageBytesOf,
  type Manifest,
  openedName,
  type RecordedVolume,
  type SavedImage,
  type StoredPart,
} from "../../domain/manifest.ts";
import { formatPart, partStem } from "../../domain/part.ts";
import { isInside } from "../../domain/refused-paths.ts";
import { scriptFiles, scriptNames } from "../../domain/restore-script/render.ts";
import type { HandedPart } from "../../domain/restore-script/source.ts";
import { boundDevice, mountOptionsOf } from "../../domain/unit.ts";
import { StackholdError } from "../../errors.ts";
import { bytes as inWords } from "../../events/amounts.ts";
import { type Context, type Deps, step } from "../context.ts";
import { progressReporter } from "../progress.ts";
import { describedUnit } from "./described-unit.ts";
import type { LocatedPoint } from "./locate-point.ts";
import { requireSpace } from "./require-space.ts";
import type { RestoreInput } from "./restore-input.ts";
import { verifyFirst } from "./verify-first.ts";

/** As they are there: what is encrypted is not any more. */
const openedFiles = ({ archives }: StoredPart) =>
  archives.map((archive) => ({ ...archive, file: openedName(archive) }));

/** The next point would hold all of it, and the scripts cannot move away what they lie in. */
function refuseWithin({ unit, parts, volumes }: Manifest, directory: string): void {
  const trees = parts.filter(({ kind }) => kind === "project" || kind === "bind");
  const places = [...trees.map(({ source }) => source), ...volumes.flatMap(boundDevices)];
  const around = places.find((place) => isInside(directory, place));
  if (around === undefined) return;
  throw new StackholdError("USAGE", `${directory} lies in the data of ${unit}, ${around}`, {
    hint: "name a directory elsewhere: what lies there would be stored with the unit",
  });
}

const boundDevices = (volume: RecordedVolume) => boundDevice(volume) ?? [];

/** The scripts know no mount: what they put beside one would never be seen. */
function refuseMounted({ volumes }: Manifest, chosen: readonly ChosenPart[]): void {
  const isMounted = ({ kind, source }: StoredPart) =>
    kind === "volume" &&
    volumes.some((one) => one.name === source && mountOptionsOf(one) !== undefined);
  const mounted = chosen.find(({ part }) => isMounted(part));
  if (mounted === undefined) return;
  throw new StackholdError(
    "USAGE",
    `${formatPart(mounted.part)} is mounted only while a container uses it: no script can restore it`,
    { hint: "restore it in place or with --to directory:DIR; --part takes the others" },
  );
}

/** What cannot be done is known before anything is written. */
async function refuseImpossible(
  manifest: Manifest,
  chosen: readonly ChosenPart[],
  images: readonly SavedImage[],
  directory: string,
  deps: Deps,
): Promise<void> {
  refuseWithin(manifest, directory);
  refuseMounted(manifest, chosen);
  await deps.scripts.examine(directory);
  const sizes = [...chosen.map(({ part }) => part.storedBytes), imageBytesOf(images)];
  const arrivals = sizes.map((bytes) => ({ part: { bytes }, path: directory }));
  await requireSpace(arrivals, deps);
}

/** All of them, or none where only parts are wanted. */
function imagesFor({ images = [] }: Manifest, { parts }: Pick<RestoreInput, "parts">) {
  return parts.length === 0 ? images : [];
}

/** What would be written, one line an act. */
export async function scriptActions(
  { reader: { manifest }, repository }: LocatedPoint,
  chosen: readonly ChosenPart[],
  directory: string,
  input: Pick<RestoreInput, "parts">,
  deps: Deps,
): Promise<string[]> {
  const images = imagesFor(manifest, input);
  await refuseImpossible(manifest, chosen, images, directory, deps);
  const parts = chosen.map((one): HandedPart => ({ chosen: one, files: openedFiles(one.part) }));
  return [
    `verify the point ${manifest.backupId} in ${repository.name}`,
    ...chosen.map(({ part }) => {
      const files = openedFiles(part).map(({ file }) => `${directory}/data/${file}`);
      return `copy ${formatPart(part)} (${inWords(part.storedBytes)}) to ${files.join(", ")}`;
    }),
    ...images.map(
      (image) =>
        `copy the image ${namesOf(manifest, image.id)} (${inWords(image.bytes)}) to ${directory}/data/${openedName(image)}`,
    ),
    ...scriptNames(parts, manifest).map((name) => `write ${directory}/${name}`),
  ];
}

const namesOf = ({ members }: Manifest, id: string) => {
  const users = members.filter(({ image }) => image.id === id);
  return [...new Set(users.map(({ image }) => image.reference))].join(", ");
};

/** Where a restore by hand on this host must not move anything away. */
function reservedPlaces({ repositories, settings }: Deps): string[] {
  return [
    ...repositories.flatMap(({ localPaths }) => localPaths),
    ...settings.ownPaths.map(({ path }) => path),
  ];
}

async function handOutAll(
  { reader }: LocatedPoint,
  chosen: readonly ChosenPart[],
  directory: string,
  deps: Deps,
  { signal, emit }: Context,
): Promise<HandedPart[]> {
  const handed: HandedPart[] = [];
  for (const one of chosen) {
    const about = { unit: reader.manifest.unit, subject: partStem(one.part) };
    const onProgress = progressReporter(about, deps.clock, emit);
    const files = await reader.handOut(one.part, directory, { signal, onProgress });
    handed.push({ chosen: one, files });
  }
  return handed;
}

async function handOutImages(
  { reader }: LocatedPoint,
  images: readonly SavedImage[],
  directory: string,
  deps: Deps,
  { signal, emit }: Context,
): Promise<SavedImage[]> {
  const handed: SavedImage[] = [];
  for (const image of images) {
    const about = { unit: reader.manifest.unit, subject: image.file };
    const onProgress = progressReporter(about, deps.clock, emit);
    handed.push(await reader.handOutImage(image, directory, { signal, onProgress }));
  }
  return handed;
}

/**
 * Writes shell scripts and the data with which the parts are restored by hand, without Stackhold.
 * Returns the files' names. Nothing is left of what fails.
 */
export async function writeScripts(
  point: LocatedPoint,
  chosen: readonly ChosenPart[],
  directory: string,
  input: Pick<RestoreInput, "parts">,
  deps: Deps,
  context: Context,
): Promise<string[]> {
  const { manifest }: { readonly manifest: Manifest } = point.reader;
  const { unit } = manifest;
  const images = imagesFor(manifest, input);
  await refuseImpossible(manifest, chosen, images, directory, deps);
  const parts = chosen.map(({ part }) => part);
  await step("verify", unit, deps.clock, context, () =>
    verifyFirst(point, parts, deps, context, images.length > 0),
  );
  return step("stage", unit, deps.clock, context, async () => {
    const described = await describedUnit(point.reader, context);
    const written = await deps.scripts.begin(directory);
    try {
      const handed = await handOutAll(point, chosen, written.data, deps, context);
      const kept = await handOutImages(point, images, written.data, deps, context);
      const files = scriptFiles({
        manifest,
        parts: handed,
        images: kept,
        isWhole: input.parts.length === 0,
        reserved: reservedPlaces(deps),
        ...described,
        version: deps.settings.version,
      });
      for (const file of files) await written.write(file);
      const data = [...handed.flatMap((part) => part.files), ...kept].map(
        ({ file }) => `data/${file}`,
      );
      return [...scriptNames(handed, manifest), ...data];
    } catch (error) {
      await written.discard();
      throw error;
    }
  });
}
