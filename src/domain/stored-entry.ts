import type { ListedEntry } from "./listing.ts";

/** One entry of a stored part. */
export interface StoredEntry extends Omit<ListedEntry, "link"> {
  /** Latin1 bytes, relative to the part's root: `a/b`, empty for the root itself. */
  readonly name: string;
  /** Where a symbolic link leads, latin1. */
  readonly target?: string;
  /** Another name of the same file, latin1. */
  readonly hardLinkTo?: string;
}

/** `./a/b` and `./a/b/` as `a/b`, the root as nothing. */
export function relativeName(stored: string): string {
  return stored.replace(/^\.(?:\/|$)/, "").replace(/\/+$/, "");
}

export function isBelow(name: string, directory: string): boolean {
  return directory === "" ? name !== "" : name.startsWith(`${directory}/`);
}

export function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf("/")));
}

/** RFC 3339 with all nine digits; undefined for a year that has no such form. */
export function timeOf(mtime: string): string | undefined {
  const [seconds = "", fraction = "0"] = mtime.split(".");
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime()) || !/^\d/.test(date.toISOString())) return undefined;
  return `${date.toISOString().slice(0, 19)}.${fraction.padEnd(9, "0")}Z`;
}
