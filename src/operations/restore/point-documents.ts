import type { PartKind } from "../../domain/part.ts";
import { type Json, restoreSecrets, type TakenSecret } from "../../domain/recipe/redact.ts";
import { isErrorCode } from "../../errors.ts";
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

interface StoredSecrets {
  readonly documents: Readonly<Record<string, readonly TakenSecret[]>>;
}

/** A JSON document of a point with what was taken out of it, where the point keeps that. */
export async function readDocument(
  reader: PointReader,
  kind: PartKind,
  path: string,
  reading: Reading,
): Promise<Json | undefined> {
  const text = await readStored(reader, kind, path, reading);
  if (text === undefined) return undefined;
  const document = JSON.parse(text) as Json;
  const kept = await readStored(reader, "recipe", "secrets.json", reading);
  if (kept === undefined) return document;
  const { documents } = JSON.parse(kept) as StoredSecrets;
  return restoreSecrets({ document, secrets: documents[path] ?? [] });
}
