import { renameSync, rmSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { reasonOf, StackholdError } from "../../errors.ts";
import { forbiddenHint, isBusy, isDamaged, isForbidden, openDatabase } from "./database.ts";
import { assertKnownVersion, migrate } from "./history-schema.ts";

const busyTimeoutMs = 5000;

export interface HistoryFile {
  /** Runs the work on the open database; once more on an empty one when the file is damaged. */
  use<T>(work: (database: DatabaseSync) => T): T;
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

  return {
    use(work) {
      try {
        return attempt(work);
      } catch (error) {
        if (!isDamaged(error)) throw explained(file, error);
        close();
        moveAside(file);
        onWarning(`the history was damaged and begins anew; the old file is ${file}.damaged`);
        return attempt(work);
      }
    },
    close,
  };
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
  const why = reasonOf(error);
  return new StackholdError("TOOL_FAILED", `cannot use the history ${file}: ${why}`, {
    cause: error,
    hint: isForbidden(error)
      ? forbiddenHint
      : "state_dir must be writable and have free space; the file itself may be moved away",
  });
}
