import { createLogFiles } from "../adapters/log-files/log-files.ts";
import { removeOldLogs } from "../adapters/log-files/old-logs.ts";
import type { Config } from "../config/schema/config-schema.ts";
import { reasonOf } from "../errors.ts";
import type { Emit, Operation } from "../events/event.ts";
import type { Sink } from "../events/stream.ts";

export function logSink(
  config: Config,
  operation: Operation,
  startedAt: Date,
  onWarning: (message: string) => void,
): Sink {
  const files = createLogFiles({
    logDir: config.log_dir,
    ...(config.log_file === undefined ? {} : { logFile: config.log_file }),
    operation,
    startedAt,
    level: config.log_level,
    onWarning,
  });
  return files.sink;
}

/** Never the reason for a run to fail. */
export async function removeOldRunLogs(config: Config, now: Date, emit: Emit): Promise<void> {
  try {
    for (const name of await removeOldLogs(config.log_dir, config.log_retention_days, now)) {
      emit({ type: "log", level: "info", message: `deleted the old log ${name}` });
    }
  } catch (error) {
    const reason = reasonOf(error);
    emit({ type: "warning", message: `old logs cannot be removed: ${reason}` });
  }
}
