import { z } from "zod";
import type { KeptEntry } from "../../../ports/two-phase.ts";

/**
 * Makes Kopia say of each entry what became of it (kopia 0.22, snapshot/upload/upload.go: lines of
 * `<what> TAB <JSON>` at level debug).
 */
export const logEntries: readonly string[] = [
  "--log-level=debug",
  "--log-entry-detail=9",
  "--log-dir-detail=9",
];

const types: Readonly<Record<string, KeptEntry["type"] | "either">> = {
  "snapshotted file": "f",
  "snapshotted directory": "d",
  "snapshotted symlink": "l",
  cached: "either",
};

const entrySchema = z.object({ path: z.string(), size: z.number(), mtime: z.string() });

/** Undefined for any other line. */
export function parseKeptLine(line: string): KeptEntry | undefined {
  const tab = line.indexOf("\t");
  const type = tab < 0 ? undefined : types[line.slice(0, tab)];
  if (type === undefined) return undefined;
  const { path, size, mtime } = entrySchema.parse(JSON.parse(line.slice(tab + 1)));
  return {
    ...(type === "either" ? {} : { type }),
    name: nameOf(path),
    size,
    mtime: Date.parse(mtime) / 1000,
    isRemembered: type === "either",
  };
}

function nameOf(path: string): string {
  if (path === ".") return path;
  return `./${Buffer.from(path, "utf8").toString("latin1")}`;
}

/** The length of a blob that was written, where the line tells of one. */
export function writtenBytes(line: string): number | undefined {
  const [, length] = /^\[STORAGE\] PutBlob\t.*"length":(\d+),"error":null/.exec(line) ?? [];
  return length === undefined ? undefined : Number(length);
}
