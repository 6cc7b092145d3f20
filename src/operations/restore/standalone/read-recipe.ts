import { z } from "zod";
import {
  type RecordedVolume,
  recordedVolumeSchema,
  type StoredPart,
} from "../../../domain/manifest.ts";
import { type Json, restoreSecrets } from "../../../domain/recipe/redact.ts";
import { isErrorCode, StackholdError } from "../../../errors.ts";
import type { PointReader } from "../../../ports/repository.ts";
import { inspectionPath } from "../../recipe/engine-documents.ts";

/** What a point tells of how a container was made; docs/format.md has the form of each file. */
export interface StoredRecipe {
  readonly inspection: Json;
  readonly volumes: readonly RecordedVolume[];
  /** By reference the names of containers that the container calls by an id. */
  readonly containers: Readonly<Record<string, string>>;
  /** False where secrets were left out: they are masked. */
  readonly hasSecrets: boolean;
}

const takenSchema = z.array(z.object({ pointer: z.string(), value: z.json() }));
const secretsSchema = z.object({
  format: z.literal(1),
  documents: z.record(z.string(), takenSchema),
});
const containersSchema = z.object({
  format: z.literal(1),
  containers: z.record(z.string(), z.string()),
});

export function recipePart({ manifest }: PointReader): StoredPart | undefined {
  return manifest.parts.find(({ kind }) => kind === "recipe");
}

async function textOf(
  reader: PointReader,
  part: StoredPart,
  path: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  const take = async (bytes: Uint8Array) => void chunks.push(Uint8Array.from(bytes));
  try {
    await reader.pour(part, Buffer.from(path, "utf8").toString("latin1"), take, { signal });
  } catch (error) {
    if (isErrorCode(error, "UNKNOWN_PATH")) return undefined;
    throw error;
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Undefined where the point has no recipe, or none of this container. POINT_DAMAGED. */
export async function readRecipe(
  reader: PointReader,
  container: string,
  signal: AbortSignal,
): Promise<StoredRecipe | undefined> {
  const part = recipePart(reader);
  if (part === undefined) return undefined;
  const read = async <T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> => {
    const text = await textOf(reader, part, path, signal);
    if (text === undefined) return undefined;
    try {
      return schema.parse(JSON.parse(text));
    } catch (cause) {
      throw new StackholdError("POINT_DAMAGED", `${path} of the recipe is not understood`, {
        cause,
      });
    }
  };
  const path = inspectionPath(container);
  const document = await read(path, z.json());
  if (document === undefined) return undefined;
  const taken = await read("secrets.json", secretsSchema);
  const whole = (name: string, redacted: Json) =>
    restoreSecrets({ document: redacted, secrets: taken?.documents[name] ?? [] });
  const volumes = whole("volumes.json", (await read("volumes.json", z.json())) ?? []);
  const named = await read("containers.json", containersSchema);
  return {
    inspection: whole(path, document),
    volumes: z.array(recordedVolumeSchema).parse(volumes),
    containers: named?.containers ?? {},
    hasSecrets: taken !== undefined,
  };
}
