import { z } from "zod";
import {
  type RecordedVolume,
  recordedVolumeSchema,
  type StoredPart,
} from "../../../domain/manifest.ts";
import { type Json, restoreSecrets } from "../../../domain/recipe/redact.ts";
import type { PointReader } from "../../../ports/repository.ts";
import { inspectionPath } from "../../recipe/engine-documents.ts";
import { readJson, readSecrets, understood } from "../point-documents.ts";

/** What a point tells of how a container was made; docs/format.md has the form of each file. */
export interface StoredRecipe {
  readonly inspection: Json;
  readonly volumes: readonly RecordedVolume[];
  /** By reference the names of containers that the container calls by an id. */
  readonly containers: Readonly<Record<string, string>>;
  /** False where secrets were left out: they are masked. */
  readonly hasSecrets: boolean;
}

const containersSchema = z.object({
  format: z.literal(1),
  containers: z.record(z.string(), z.string()),
});

export function recipePart({ manifest }: PointReader): StoredPart | undefined {
  return manifest.parts.find(({ kind }) => kind === "recipe");
}

/** Undefined where the point has no recipe, or none of this container. POINT_DAMAGED. */
export async function readRecipe(
  reader: PointReader,
  container: string,
  signal: AbortSignal,
): Promise<StoredRecipe | undefined> {
  const reading = { signal };
  const read = <T>(path: string, schema: z.ZodType<T>) =>
    readJson(reader, "recipe", path, schema, reading);
  const path = inspectionPath(container);
  const document = await read(path, z.json());
  if (document === undefined) return undefined;
  const taken = await readSecrets(reader, reading);
  const whole = (name: string, redacted: Json) =>
    restoreSecrets({ document: redacted, secrets: taken?.[name] ?? [] });
  const volumes = whole("volumes.json", (await read("volumes.json", z.json())) ?? []);
  const named = await read("containers.json", containersSchema);
  return {
    inspection: whole(path, document),
    volumes: understood(reader, "volumes.json", () => z.array(recordedVolumeSchema).parse(volumes)),
    containers: named?.containers ?? {},
    hasSecrets: taken !== undefined,
  };
}
