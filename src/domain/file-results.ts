import { z } from "zod";
import type { EntryType } from "./listing.ts";
import { partKinds } from "./part.ts";
import { nameDocument } from "./part-path.ts";
import { type StoredEntry, timeOf } from "./stored-entry.ts";

const fileTypes = {
  d: "directory",
  f: "file",
  l: "link",
  p: "fifo",
  b: "block",
  c: "character",
  s: "socket",
} as const satisfies Record<EntryType, string>;

/** One element of what `files ls` prints. */
const listedFileSchema = z.object({
  /** Below the part's root, in UTF-8; `pathBase64` has the bytes where they are no UTF-8. */
  path: z.string(),
  pathBase64: z.string().optional(),
  type: z.enum(Object.values(fileTypes)),
  /** Octal, four digits. */
  mode: z.string(),
  uid: z.number(),
  gid: z.number(),
  bytes: z.number(),
  /** Absent for years that RFC 3339 has no form for. */
  mtime: z.string().optional(),
  /** Where a symbolic link leads. */
  target: z.string().optional(),
  targetBase64: z.string().optional(),
  /** Another path of the same file. */
  hardLinkTo: z.string().optional(),
});
export type ListedFile = z.infer<typeof listedFileSchema>;

/** One element of what `files ls` prints where no part is named. */
const listedPartSchema = z.object({
  kind: z.enum(partKinds),
  name: z.string(),
  /** Host path, or the engine's name of the volume. */
  source: z.string(),
  bytes: z.number(),
  files: z.number(),
});
export type ListedPart = z.infer<typeof listedPartSchema>;

/** What `files get -o` prints. */
const fetchedFileSchema = z.object({
  schemaVersion: z.literal(1),
  unit: z.string(),
  backupId: z.string(),
  repository: z.string(),
  part: z.object({ kind: z.enum(partKinds), name: z.string() }),
  path: z.string(),
  pathBase64: z.string().optional(),
  /** Host path of what was written. */
  output: z.string(),
});
export type FetchedFile = z.infer<typeof fetchedFileSchema>;

export function pathDocument(latin1: string): { path: string; pathBase64?: string } {
  const { text, base64 } = nameDocument(latin1);
  return { path: text, ...(base64 === undefined ? {} : { pathBase64: base64 }) };
}

export function fileDocument(entry: StoredEntry): ListedFile {
  const { type, mode, uid, gid, size } = entry;
  const mtime = timeOf(entry.mtime);
  const target = entry.target === undefined ? undefined : nameDocument(entry.target);
  return {
    ...pathDocument(entry.name),
    type: fileTypes[type],
    mode: mode.toString(8).padStart(4, "0"),
    ...{ uid, gid, bytes: size },
    ...(mtime === undefined ? {} : { mtime }),
    ...(target === undefined ? {} : { target: target.text }),
    ...(target?.base64 === undefined ? {} : { targetBase64: target.base64 }),
    ...(entry.hardLinkTo === undefined ? {} : { hardLinkTo: nameDocument(entry.hardLinkTo).text }),
  };
}
