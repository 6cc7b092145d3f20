import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Primary result codes, https://www.sqlite.org/rescode.html */
const resultCodes = {
  permission: 3,
  busy: 5,
  locked: 6,
  readOnly: 8,
  corrupt: 11,
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
