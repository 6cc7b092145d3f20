import { closeSync, mkdirSync, openSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { StackholdError } from "../../errors.ts";

/** Primary result codes, https://www.sqlite.org/rescode.html */
const resultCodes = {
  permission: 3,
  busy: 5,
  locked: 6,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === resultCodes.busy || code === resultCodes.locked;
}

export function isDamaged(error: unknown): boolean {
  const code = resultCode(error);
  return code === resultCodes.corrupt || code === resultCodes.notADatabase;
}

/**
 * NO_SPACE where that is the reason. SQLite calls a disk that is full when it makes room for its
 * shared memory an I/O error, so the disk is asked.
 */
export function noSpaceIn(file: string, what: string, error: unknown): StackholdError | undefined {
  const code = resultCode(error);
  const errno = error instanceof Error && "code" in error ? error.code : undefined;
  const isFull =
    code === resultCodes.full ||
    errno === "ENOSPC" ||
    errno === "EDQUOT" ||
    (code === resultCodes.io && freeBytes(file) < leastBytes);
  if (!isFull) return undefined;
  const directory = dirname(file);
  return new StackholdError("NO_SPACE", `${what}: no space left on the disk of ${directory}`, {
    cause: error,
    hint: "free some space there, or put state_dir on another disk",
  });
}

/** The shared memory of a database in WAL mode grows by so much. */
const leastBytes = 64 * 1024;

function freeBytes(file: string): number {
  try {
    const { bavail, bsize } = statfsSync(dirname(file));
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

export const forbiddenHint = "run as root, or set state_dir to a directory of yours";

/** The user may not read or write it. */
export function isForbidden(error: unknown): boolean {
  const { permission, readOnly, cannotOpen } = resultCodes;
  const code = resultCode(error);
  if (code !== undefined) return [permission, readOnly, cannotOpen].some((one) => one === code);
  const errno = error instanceof Error && "code" in error ? error.code : undefined;
  return errno === "EACCES" || errno === "EPERM" || errno === "EROFS";
}

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error)) return undefined;
  return typeof error.errcode === "number" ? error.errcode & 0xff : undefined;
}

/**
 * Opens a file that only its owner may read. A file that exists is never opened by anything but
 * SQLite: closing another descriptor of it would drop the locks this process holds on it
 * (https://www.sqlite.org/howtocorrupt.html, "POSIX advisory locks canceled by a separate thread").
 */
export function openDatabase(file: string, timeoutMs: number): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  return new DatabaseSync(file, { timeout: timeoutMs });
}

/** For a place that cannot be written: takes the file for one that nobody changes. */
export function openFrozen(file: string): DatabaseSync {
  const url = pathToFileURL(file);
  url.searchParams.set("immutable", "1");
  return new DatabaseSync(url, { readOnly: true });
}
