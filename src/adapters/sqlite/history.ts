import { join } from "node:path";
import type { SQLInputValue } from "node:sqlite";
import { isErrorCode, messageOf, StackholdError } from "../../errors.ts";
import type { History, RunRecord } from "../../ports/history.ts";
import { createHistoryFile } from "./history-file.ts";
import { outcomeRow, runRow, verificationRow } from "./history-rows.ts";

export interface HistoryOptions {
  readonly stateDir: string;
  /** What could not be recorded, or was lost: history never stops a run. */
  readonly onWarning: (message: string) => void;
}

interface RowParser<T> {
  parse(row: unknown): T;
}

const saveRun = `insert or replace into runs values (?, ?, ?, ?, ?, ?, ?, ?)`;
const saveOutcome = `insert or replace into outcomes values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const saveVerification = `insert into verifications values (?, ?, ?, ?, ?, ?, ?)`;
const forgetVerifications = `delete from verifications
  where repository = ? and host = ? and unit = ? and backup_id = ?`;
const newestRuns = `select * from runs
  where ?1 is null or exists (select 1 from json_each(units) where value = ?1)
  order by started_at desc, rowid desc limit ?2`;
const newestOutcomes = `select * from outcomes where unit = ? order by at desc, rowid desc limit ?`;
const newestVerifications = `select * from verifications where ?1 is null or unit = ?1
  order by at desc, rowid desc`;
const livingRuns = `select run_id from runs where status = 'running'`;
const failRun = `update runs set status = 'failed' where run_id = ? and status = 'running'`;

/**
 * `<state_dir>/history.db`. Writing warns, because no backup depends on it, and so does reading what
 * is only told along with something else.
 */
export function createHistory(options: HistoryOptions): History & Disposable {
  const { stateDir } = options;
  const warned = new Set<string>();
  const onWarning = (message: string) => {
    if (!warned.has(message)) options.onWarning(message);
    warned.add(message);
  };
  const file = createHistoryFile(join(stateDir, "history.db"), onWarning);

  function read<T>(sql: string, parser: RowParser<T>, ...values: SQLInputValue[]): T[] {
    const rows = file.read((database) => database.prepare(sql).all(...values)) ?? [];
    return rows.map((row) => parser.parse(row));
  }

  function readAside<T>(sql: string, parser: RowParser<T>, ...values: SQLInputValue[]): T[] {
    try {
      return read(sql, parser, ...values);
    } catch (error) {
      if (!isErrorCode(error, "TOOL_FAILED")) throw error;
      onWarning(messageOf(error));
      return [];
    }
  }

  function write(sql: string, ...values: SQLInputValue[]): boolean {
    try {
      file.use((database) => database.prepare(sql).run(...values));
      return true;
    } catch (error) {
      if (!(error instanceof StackholdError)) throw error;
      onWarning(error.message);
      return false;
    }
  }

  const save = (run: RunRecord) => write(saveRun, ...runValues(run));

  return {
    startRun: save,
    finishRun: save,
    runs: ({ unit, limit }) => read(newestRuns, runRow, unit ?? null, limit ?? -1),
    closeDeadRuns(isAlive) {
      const living = file.read((database) => database.prepare(livingRuns).all()) ?? [];
      for (const { run_id: runId } of living) {
        if (!isAlive(String(runId))) write(failRun, String(runId));
      }
    },
    recordOutcome(o) {
      const amounts = [o.downtimeMs, o.durationMs, o.bytes, o.storedBytes];
      const who = [o.runId, o.unit, o.backupId, o.status, o.at];
      return write(saveOutcome, ...who, ...amounts, JSON.stringify(o.gaps));
    },
    outcomes: (unit, limit) => readAside(newestOutcomes, outcomeRow, unit, limit),
    recordVerification(v) {
      const point = [v.repository, v.host, v.unit, v.backupId, v.at];
      write(saveVerification, ...point, Number(v.ok), Number(v.deep));
    },
    forgetVerifications: ({ repository, host, unit, backupId }) =>
      void write(forgetVerifications, repository, host, unit, backupId),
    verifications: (unit) => readAside(newestVerifications, verificationRow, unit ?? null),
    [Symbol.dispose]: () => file.close(),
  };
}

function runValues(run: RunRecord): SQLInputValue[] {
  return [
    run.runId,
    run.operation,
    run.trigger,
    run.status,
    run.startedAt,
    run.finishedAt ?? null,
    JSON.stringify(run.units),
    run.result === undefined ? null : JSON.stringify(run.result),
  ];
}
