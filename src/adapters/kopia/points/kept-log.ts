import { z } from "zod";
import { parseJson } from "../../../domain/manifest-text.ts";
import type { KeptEntry } from "../../../ports/two-phase.ts";

/**
 * Makes Kopia say of each entry what became of it (kopia 0.22, snapshot/upload/upload.go: lines of
 * `<what> TAB <JSON>` at level debug), up to its mtime and no more.
 */
export const logEntries: readonly string[] = [
  "--log-level=debug",
  "--log-entry-detail=6",
  "--log-dir-detail=6",
];

const types: Readonly<Record<string, KeptEntry["type"] | "either">> = {
  "snapshotted file": "f",
  "snapshotted directory": "d",
  "snapshotted symlink": "l",
  cached: "either",
};

/** Of what could not be read: nothing of it is in the snapshot, nor of what was stored below it. */
const failedSchema = z.object({ path: z.string(), error: z.string() });
const entrySchema = z.union([
  failedSchema,
  z.object({ path: z.string(), size: z.number(), mtime: z.string() }),
]);

/** Of a line in latin1, as stderr is handed over; undefined for any other. */
export function parseKeptLine(line: string): KeptEntry | undefined {
  const tab = line.indexOf("\t");
  const type = tab < 0 ? undefined : types[line.slice(0, tab)];
  if (type === undefined) return undefined;
  const json = line.slice(tab + 1);
  const isEscaped = json.includes("\\u");
  const told = JSON.parse(isEscaped ? Buffer.from(json, "latin1").toString("utf8") : json);
  const found = isPlain(told) ? told : entrySchema.parse(told);
  const name = isEscaped ? nameOf(found.path) : inTree(found.path);
  const isRemembered = type === "either";
  if ("error" in found) return { name, size: 0, mtime: 0, isRemembered, isDropped: true };
  const { size, mtime } = found;
  const time = Date.parse(mtime) / 1000;
  return { ...(isRemembered ? {} : { type }), name, size, mtime: time, isRemembered };
}

/** What the schema would find as well, in a tenth of the time, for each of a million entries. */
function isPlain(told: unknown): told is { path: string; size: number; mtime: string } {
  if (typeof told !== "object" || told === null || "error" in told) return false;
  if (!("path" in told && "size" in told && "mtime" in told)) return false;
  const { path, size, mtime } = told;
  return typeof path === "string" && typeof size === "number" && typeof mtime === "string";
}

/** Of a path in UTF-8. */
function nameOf(path: string): string {
  return inTree(Buffer.from(path, "utf8").toString("latin1"));
}

function inTree(path: string): string {
  return path === "." ? path : `./${path}`;
}

const written = "[STORAGE] PutBlob\t";
const lostSchema = z.object({ blobID: z.string(), error: z.string() });

/**
 * Why a blob was not written, where the line tells of one: Kopia has tried ten times by then, and would try again with
 * whatever it reads next, only to fail in the end.
 */
export function lostBlob(line: string): string | undefined {
  if (!line.startsWith(written)) return undefined;
  const read = lostSchema.safeParse(parseJson(line.slice(written.length)));
  return read.success ? read.data.error : undefined;
}

/** The length of a blob that was written, where the line tells of one. */
export function writtenBytes(line: string): number | undefined {
  if (!line.startsWith(written)) return undefined;
  const [, length] = /"length":(\d+),"error":null/.exec(line) ?? [];
  return length === undefined ? undefined : Number(length);
}
