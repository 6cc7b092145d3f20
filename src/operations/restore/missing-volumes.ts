import { z } from "zod";
import { type Manifest, type RecordedVolume, recordedVolumeSchema } from "../../domain/manifest.ts";
import { mask } from "../../domain/secret.ts";
import { StackholdError } from "../../errors.ts";
import type { PointReader } from "../../ports/repository.ts";
import type { Context, Deps } from "../context.ts";
import { readDocument } from "./point-documents.ts";
import type { Survey } from "./survey.ts";

const isMasked = (volume: RecordedVolume) => JSON.stringify(volume).includes(mask);

const projectLabel = "com.docker.compose.project";

/** The manifest's descriptions lack what may be a secret; the recipe has it where the point keeps it. */
async function inFull(
  volumes: readonly RecordedVolume[],
  reader: PointReader,
  context: Pick<Context, "signal">,
): Promise<RecordedVolume[]> {
  if (!volumes.some(isMasked)) return [...volumes];
  const document = await readDocument(reader, "recipe", "volumes.json", context);
  const known = z.array(recordedVolumeSchema).safeParse(document).data ?? [];
  return volumes.map((volume) => known.find(({ name }) => name === volume.name) ?? volume);
}

/** What only the compose file knows in full is left to Compose; what it does not make must be known. */
function withoutUnknown(volumes: readonly RecordedVolume[], { stack }: Manifest): RecordedVolume[] {
  const isOfProject = ({ labels }: RecordedVolume) => labels[projectLabel] === stack?.project;
  const unknown = volumes.filter(isMasked);
  const lost = unknown.find((volume) => stack === undefined || !isOfProject(volume));
  if (lost === undefined) return volumes.filter((volume) => !unknown.includes(volume));
  throw new StackholdError(
    "RESTORE_FAILED",
    `the volume ${lost.name} is gone, and values of it are not in the point (secrets: redact)`,
    {
      hint: "nothing was touched: make it yourself (docker volume create --opt …), then restore again",
    },
  );
}

/**
 * Volumes that a point has and that are gone, as they were; anonymous ones come with their
 * containers. Of a restore of some parts only those that these parts and the containers to be
 * created need.
 */
export async function missingVolumes(
  reader: PointReader,
  now: Survey,
  only: ReadonlySet<string> | undefined,
  context: Pick<Context, "signal">,
): Promise<RecordedVolume[]> {
  const { manifest } = reader;
  const used = new Set(now.missing.flatMap(({ mounts }) => mounts.flatMap((m) => m.volume ?? [])));
  const isWanted = (name: string) => only === undefined || only.has(name) || used.has(name);
  const gone = manifest.volumes.filter(
    ({ name, anonymous }) => !anonymous && !now.volumes.has(name) && isWanted(name),
  );
  return withoutUnknown(await inFull(gone, reader, context), manifest);
}

/** With the labels that they had, so that Compose takes those of its project for its own. */
export async function makeVolumes(
  volumes: readonly RecordedVolume[],
  unit: string,
  deps: Deps,
  { emit }: Pick<Context, "emit">,
): Promise<void> {
  for (const { name, driver, options, labels } of volumes) {
    await deps.engine.createVolume(name, labels, { driver, options });
    emit({ type: "log", unit, level: "info", message: `made the volume ${name}` });
  }
}
