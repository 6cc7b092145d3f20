import { StackholdError } from "../errors.ts";
import type { Manifest, StoredPart } from "./manifest.ts";
import { formatPart, type PartId } from "./part.ts";

/** The part of a point that has exactly this name; UNKNOWN_PART. */
export function findPart(manifest: Manifest, { kind, name }: PartId): StoredPart {
  const part = manifest.parts.find((each) => each.kind === kind && each.name === name);
  if (part !== undefined) return part;
  throw new StackholdError(
    "UNKNOWN_PART",
    `point ${manifest.backupId} of ${manifest.unit} has no part ${formatPart({ kind, name })}`,
    { hint: `it has ${manifest.parts.map(formatPart).join(", ")}` },
  );
}
