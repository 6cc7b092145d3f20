import { z } from "zod";
import type { PartId } from "../../../domain/part.ts";
import { formatPart } from "../../../domain/part.ts";
import type { PointRef, PointSummary } from "../../../ports/repository.ts";
import { type Snapshot, tagOf } from "../snapshots.ts";
import { isOurs, type SnapshotType } from "./sources.ts";

/** Of the points' form, as docs/format.md has it. */
const format = 1;

type Tags = Readonly<Record<string, string | number | undefined>>;

/** Tags of every snapshot of a point. */
export function pointTags(ref: PointRef, type: SnapshotType, more: Tags = {}): string[] {
  const { host, unit, backupId } = ref;
  const timestamp = timeOf(backupId);
  return tagFlags({ type, unit, host, backup_id: backupId, timestamp, format, ...more });
}

export function partTags(ref: PointRef, part: PartId, type: SnapshotType = part.kind): string[] {
  const volume = part.kind === "volume" ? part.name : undefined;
  return pointTags(ref, type, { part: formatPart(part), volume });
}

/** Of no point in particular. */
export function imageTags(
  ref: Pick<PointRef, "host" | "unit">,
  id: string,
  sha256: string,
): string[] {
  return tagFlags({ type: "image", unit: ref.unit, host: ref.host, format, image: id, sha256 });
}

function tagFlags(tags: Tags): string[] {
  return Object.entries(tags).flatMap(([key, value]) =>
    value === undefined ? [] : [`--tags=${key}:${encode(String(value))}`],
  );
}

/** Kopia keeps a tag in one line. */
function encode(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those cannot be in an argument or a line
  return value.replace(/[\x00-\x1f%]/g, (char) => encodeURIComponent(char));
}

function decode(value: string): string {
  return value.replace(/%[0-9A-F]{2}/g, decodeURIComponent);
}

function timeOf(backupId: string): string {
  return backupId.replace(/T(\d\d)-(\d\d)-(\d\d)Z$/, "T$1:$2:$3Z");
}

export function decodedTag(snapshot: Pick<Snapshot, "tags">, name: string): string | undefined {
  const value = tagOf(snapshot, name);
  return value === undefined ? undefined : decode(value);
}

/** The point that a snapshot of Stackhold belongs to; undefined for anybody else's. */
export function refOf(snapshot: Pick<Snapshot, "source" | "tags">): PointRef | undefined {
  if (!isOurs(snapshot.source) || tagOf(snapshot, "format") === undefined) return undefined;
  const [unit, backupId] = [decodedTag(snapshot, "unit"), decodedTag(snapshot, "backup_id")];
  if (unit === undefined || backupId === undefined) return undefined;
  return { host: decodedTag(snapshot, "host") ?? snapshot.source.host, unit, backupId };
}

/** What a list of points shows, kept with the manifest so that none has to be read for it. */
const figuresSchema = z.object({
  format: z.coerce.number().int(),
  created_at: z.iso.datetime(),
  scope: z.string().min(1),
  kind: z.enum(["stack", "standalone"]),
  size_bytes: z.coerce.number().nonnegative(),
  stored_bytes: z.coerce.number().nonnegative(),
  image_bytes: z.coerce.number().nonnegative(),
  warnings: z.coerce.number().int().nonnegative(),
});

type Figures = Pick<
  PointSummary,
  "createdAt" | "scope" | "kind" | "bytes" | "storedBytes" | "imageBytes" | "warnings" | "status"
>;

export function figureTags(figures: Omit<Figures, "status">): Tags {
  return {
    created_at: figures.createdAt,
    scope: figures.scope,
    kind: figures.kind,
    size_bytes: figures.bytes,
    stored_bytes: figures.storedBytes,
    image_bytes: figures.imageBytes,
    warnings: figures.warnings,
  };
}

export function figuresOf(snapshot: Pick<Snapshot, "tags">, createdAt: string): Figures {
  const own = Object.keys(figuresSchema.shape).map((key) => [key, decodedTag(snapshot, key)]);
  const read = figuresSchema.safeParse(Object.fromEntries(own));
  const isNewer = Number(tagOf(snapshot, "format")) > format;
  if (isNewer || !read.success) {
    const status = isNewer ? "newer" : "damaged";
    const nothing = { bytes: 0, storedBytes: 0, imageBytes: 0, warnings: 0 };
    return { createdAt, scope: "unknown", kind: "stack", ...nothing, status };
  }
  const { created_at, scope, kind, size_bytes, stored_bytes, image_bytes, warnings } = read.data;
  return {
    ...{ createdAt: created_at, scope, kind, warnings, status: "complete" },
    ...{ bytes: size_bytes, storedBytes: stored_bytes, imageBytes: image_bytes },
  };
}
