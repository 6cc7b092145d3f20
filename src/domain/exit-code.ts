import { type ErrorCode, errorTable } from "../errors.ts";
import type { BackupResult } from "./results.ts";

/** The exit code that an error document stands for. */
export function exitCodeOf(code: string): number {
  return code in errorTable ? errorTable[code as ErrorCode].exit : 1;
}

/**
 * Of a whole run: a unit that is down outranks all, then a cancelled run; a single unit's failure
 * keeps its own code, among several it is 1.
 */
export function backupExitCode(result: Pick<BackupResult, "status" | "units">): number {
  const codes = result.units.flatMap((unit) =>
    unit.error === undefined ? [] : [exitCodeOf(unit.error.code)],
  );
  if (codes.includes(4)) return 4;
  if (result.status === "cancelled") return 130;
  if (codes.length > 0) return result.units.length === 1 ? (codes[0] ?? 1) : 1;
  return result.status === "warning" ? 3 : 0;
}
