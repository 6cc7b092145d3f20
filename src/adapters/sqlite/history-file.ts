import { renameSync, rmSync, statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { isErrorCode, reasonOf, StackholdError } from "../../errors.ts";
import {
  forbiddenHint,
  isBusy,
  isDamaged,
  isForbidden,
  noSpaceIn,
  openDatabase,
  openFrozen,
} from "./database.ts";
import { assertKnownVersion, isUpToDate, migrate } from "./history-schema.ts";

const busyTimeoutMs = 5000;

export interface HistoryFile {
  /** Runs the work on the open database; once more on an empty one when the file is damaged. */
  use<T>(work: (database: DatabaseSync) => T): T;
  /**
   * The same for work that only reads, also where nothing can be written. Undefined where there is
   * no history yet; none is made.
   */
  read<T>(work: (database: DatabaseSync) => T): T | undefined;
  close(): void;
}

/** Opened on first use. */
export function createHistoryFile(file: string, onWarning: (message: string) => void): HistoryFile {
  let open: DatabaseSync | undefined;

  function close(): void {
    open?.close();
    open = undefined;
  }

  function attempt<T>(work: (database: DatabaseSync) => T): T {
    open ??= openHistory(file);
    return work(open);
  }

  function use<T>(work: (database: DatabaseSync) => T): T {
    try {
      return attempt(work);
    } catch (error) {
      if (!isDamaged(error)) throw explained(file, error);
      close();
      moveAside(file);
      onWarning(`the history was damaged and begins anew; the old file is ${file}.damaged`);
      return attempt(work);
    }
  }

  function readFrozen<T>(work: (database: DatabaseSync) => T): T | undefined {
    try {
      using database = openFrozen(file);
      assertKnownVersion(database, file);
      return isUpToDate(database) ? work(database) : undefined;
    } catch (error) {
      throw explained(file, error);
    }
  }

  return {
    use,
    read(work) {
      if (!isThere(file)) return undefined;
      try {
        return use(work);
      } catch (error) {
        const needsNoRoom = isErrorCode(error, "NO_SPACE");
        if (!needsNoRoom && !(error instanceof StackholdError && isForbidden(error.cause)))
          throw error;
        return readFrozen(work);
      }
    },
    close,
  };
}

function isThere(file: string): boolean {
  try {
    statSync(file);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw explained(file, error);
  }
}

function openHistory(file: string): DatabaseSync {
  const database = openDatabase(file, busyTimeoutMs);
  try {
    assertKnownVersion(database, file);
    enableWal(database);
    database.exec("PRAGMA synchronous = NORMAL");
    migrate(database, file);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Two first openers at once get BUSY without waiting; one of them has then switched it on. */
function enableWal(database: DatabaseSync): void {
  try {
    database.exec("PRAGMA journal_mode = WAL");
  } catch (error) {
    if (!isBusy(error)) throw error;
  }
}

function moveAside(file: string): void {
  renameSync(file, `${file}.damaged`);
  for (const suffix of ["-wal", "-shm"]) rmSync(file + suffix, { force: true });
}

function explained(file: string, error: unknown): unknown {
  if (error instanceof StackholdError) return error;
  const full = noSpaceIn(file, "cannot use the history", error);
  if (full !== undefined) return full;
  const why = reasonOf(error);
  return new StackholdError("TOOL_FAILED", `cannot use the history ${file}: ${why}`, {
    cause: error,
    hint: isForbidden(error)
      ? forbiddenHint
      : "state_dir must be writable and have free space; the file itself may be moved away",
  });
}
