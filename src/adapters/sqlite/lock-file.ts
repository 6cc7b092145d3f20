import { mkdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { escapeName } from "../../domain/part.ts";
import { reasonOf, StackholdError } from "../../errors.ts";
import type { Holder } from "../../ports/locks.ts";
import { shorten } from "../file-names/shorten.ts";
import { forbiddenHint, isBusy, isForbidden, noSpaceIn, openDatabase } from "./database.ts";
import { readHolder, removeHolder, writeHolder } from "./holder-file.ts";

interface Held {
  readonly database: DatabaseSync;
  readonly holder: Holder;
}

/** By path. Of the whole process: a handle that is garbage collected would free its lock. */
const held = new Map<string, Held>();

/** The path without `.lock` and `.holder`. */
export type LockPath = string;

/** With room for what comes after it: `.holder` and what SQLite and a writer put behind. */
const longestName = 200;

/** One path per lock, whichever way the directory is spelled. */
export function lockPath(directory: string, name: string): LockPath {
  const file = shorten(escapeName(name), longestName);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return join(realpathSync(directory), file);
  } catch (error) {
    throw unusable(join(directory, file), error);
  }
}

/** True when it is ours now. Lock files are never removed: two processes could hold two inodes. */
export function takeLock(path: LockPath, holder: Holder): boolean {
  if (held.has(path)) return false;
  const database = beginOn(path);
  if (database === undefined) return false;
  held.set(path, { database, holder });
  try {
    writeHolder(`${path}.holder`, holder);
  } catch (error) {
    dropLock(path);
    throw unusable(path, error);
  }
  return true;
}

export function dropLock(path: LockPath): void {
  const lock = held.get(path);
  if (lock === undefined) return;
  removeHolder(`${path}.holder`);
  held.delete(path);
  lock.database.close();
}

/** Whose it is: a holder, `unnamed` while a taker has not said its name yet, or nobody's. */
export function lookAtLock(path: LockPath): Holder | "unnamed" | undefined {
  const own = held.get(path);
  if (own !== undefined) return own.holder;
  const probe = beginOn(path);
  if (probe === undefined) return readHolder(`${path}.holder`) ?? "unnamed";
  probe.close();
  return undefined;
}

function beginOn(path: LockPath): DatabaseSync | undefined {
  let database: DatabaseSync | undefined;
  try {
    database = openDatabase(`${path}.lock`, 0);
    database.exec("BEGIN IMMEDIATE");
    return database;
  } catch (error) {
    database?.close();
    if (isBusy(error)) return undefined;
    throw unusable(path, error);
  }
}

function unusable(path: LockPath, cause: unknown): StackholdError {
  const full = noSpaceIn(path, `cannot lock ${path}.lock`, cause);
  if (full !== undefined) return full;
  const why = reasonOf(cause);
  return new StackholdError("TOOL_FAILED", `cannot lock ${path}.lock: ${why}`, {
    cause,
    hint: isForbidden(cause)
      ? forbiddenHint
      : "state_dir must be a writable directory of this machine, not a network share",
  });
}
