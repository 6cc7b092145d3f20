import { readFileSync } from "node:fs";

/**
 * When a process started, in ticks since boot: with the pid it names one process for ever. Field 22
 * of proc_pid_stat(5); the second field is a name in parentheses. Empty where there is no /proc.
 */
export function processStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
