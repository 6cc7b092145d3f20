import { join } from "node:path";
import { reasonOf } from "../../errors.ts";
import { createEntrySource } from "../../events/entry-source.ts";
import type { LogLevel } from "../../events/log-level.ts";
import { formatEntry, isAtLeast } from "../../events/log-lines.ts";
import type { Sink } from "../../events/stream.ts";
import { appendLines, rotate } from "./append.ts";
import { logName } from "./log-names.ts";

export interface LogFilesOptions {
  readonly logDir: string;
  /** Gets every line too; never rotated here. */
  readonly logFile?: string;
  readonly operation: string;
  readonly startedAt: Date;
  readonly level: LogLevel;
  /** Told once for each file that cannot be written. The run goes on, and so do the attempts. */
  readonly onWarning: (message: string) => void;
  /** Size at which the rolling log is turned over, and how many old ones stay. */
  readonly rollAtBytes?: number;
  readonly keepRolled?: number;
}

export interface LogFiles {
  readonly sink: Sink;
  /** The log of this run alone. */
  readonly file: string;
}

const rollingName = "stackhold.log";

/** Synchronous, line by line: what was said is in the files whatever happens next. */
export function createLogFiles(options: LogFilesOptions): LogFiles {
  const { logDir, rollAtBytes = 10_000_000, keepRolled = 5 } = options;
  const file = join(logDir, logName(options.operation, options.startedAt));
  const rolling = join(logDir, rollingName);
  const entriesOf = createEntrySource();
  const warned = new Set<string>();

  function attempt(target: string, write: () => void): void {
    try {
      write();
    } catch (error) {
      if (warned.has(target)) return;
      warned.add(target);
      const why = reasonOf(error);
      options.onWarning(`the log ${target} cannot be written: ${why}`);
    }
  }

  function roll(lines: readonly string[]): void {
    const { size } = appendLines(rolling, lines);
    if (size >= rollAtBytes) rotate(rolling, keepRolled);
  }

  return {
    file,
    sink(event) {
      const entries = entriesOf(event).filter((entry) => isAtLeast(entry.level, options.level));
      if (entries.length === 0) return;
      const lines = entries.map(formatEntry);
      attempt(file, () => appendLines(file, lines));
      attempt(rolling, () => roll(lines));
      const { logFile } = options;
      if (logFile !== undefined) attempt(logFile, () => appendLines(logFile, lines));
    },
  };
}
