import { z } from "zod";
import type { PartKind } from "../../domain/part.ts";
import { type Json, restoreSecrets, type TakenSecret } from "../../domain/recipe/redact.ts";
import { isErrorCode, StackholdError } from "../../errors.ts";
import type { PointReader } from "../../ports/repository.ts";

interface Reading {
  readonly signal: AbortSignal;
}

/** A small file of a point; undefined where it has none. */
export async function readStored(
  reader: PointReader,
  kind: PartKind,
  path: string,
  { signal }: Reading,
): Promise<string | undefined> {
  const part = reader.manifest.parts.find((one) => one.kind === kind);
  if (part === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  const keep = async (bytes: Uint8Array) => void chunks.push(Buffer.from(bytes));
  try {
    await reader.pour(part, Buffer.from(path, "utf8").toString("latin1"), keep, { signal });
  } catch (error) {
    if (isErrorCode(error, "UNKNOWN_PATH")) return undefined;
    throw error;
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** A small JSON document of a point; undefined where it has none. POINT_DAMAGED. */
export async function readJson<T>(
  reader: PointReader,
  kind: PartKind,
  path: string,
  schema: z.ZodType<T>,
  reading: Reading,
): Promise<T | undefined> {
  const text = await readStored(reader, kind, path, reading);
  return text === undefined
    ? undefined
    : understood(reader, path, () => schema.parse(JSON.parse(text)));
}

/** A document of a point that is not what it should be is POINT_DAMAGED. */
export function understood<T>({ manifest }: PointReader, path: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    const { unit, backupId } = manifest;
    throw new StackholdError(
      "POINT_DAMAGED",
      `${path} in the point ${backupId} of ${unit} is not understood`,
      { hint: "nothing was touched; restore another point: stackhold list points", cause },
    );
  }
}

const takenSchema = z.array(z.object({ pointer: z.string(), value: z.json() }));
const secretsSchema = z.object({
  format: z.literal(1),
  documents: z.record(z.string(), takenSchema),
});

/** By document what was taken out of it; undefined where the point does not keep that. */
export async function readSecrets(
  reader: PointReader,
  reading: Reading,
): Promise<Readonly<Record<string, readonly TakenSecret[]>> | undefined> {
  const path = "secrets.json";
  return (await readJson(reader, "recipe", path, secretsSchema, reading))?.documents;
}

/** A JSON document of a point with what was taken out of it, where the point keeps that. */
export async function readDocument(
  reader: PointReader,
  kind: PartKind,
  path: string,
  reading: Reading,
): Promise<Json | undefined> {
  const document = await readJson(reader, kind, path, z.json(), reading);
  if (document === undefined) return undefined;
  const secrets = (await readSecrets(reader, reading))?.[path] ?? [];
  return restoreSecrets({ document, secrets });
}
