import { type ErrorCode, errorTable } from "../errors.ts";
import type { BackupResult } from "./results.ts";

/** The exit code that an error document stands for. */
export function exitCodeOf(code: string): number {
  return code in errorTable ? errorTable[code as ErrorCode].exit : 1;
}

/** The promise of these: nothing was stopped. */
const untouched = [exitCodeOf("REPOSITORY_UNUSABLE")];

/**
 * Of a whole run: a unit that is down outranks all, then a cancelled run; a single unit's failure
 * keeps its own code, unless that would promise too much; among several it is 1.
 */
export function backupExitCode(result: Pick<BackupResult, "status" | "units">): number {
  const codes = result.units.flatMap(({ error, downtimeMs }) => {
    if (error === undefined) return [];
    const code = exitCodeOf(error.code);
    return [downtimeMs > 0 && untouched.includes(code) ? 1 : code];
  });
  if (codes.includes(4)) return 4;
  if (result.status === "cancelled") return 130;
  if (codes.length > 0) return result.units.length === 1 ? (codes[0] ?? 1) : 1;
  return result.status === "warning" ? 3 : 0;
}
