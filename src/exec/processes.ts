import { readdirSync, readFileSync } from "node:fs";

/** proc(5); nothing where there is no /proc. */
export function processIds(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** Empty where it is gone or may not be read. */
function readProcess(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}

/** A variable of the environment that a process was started with. */
export function variableOf(pid: number, name: string): string | undefined {
  const variable = readProcess(pid, "environ")
    .split("\0")
    .find((each) => each.startsWith(`${name}=`));
  return variable?.slice(name.length + 1);
}

/** proc_pid_stat(5) from the third field on: the second is a name in parentheses. */
function fieldsOf(pid: number): string[] {
  const stat = readProcess(pid, "stat");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** A zombie does nothing any more. */
export function isOver(pid: number): boolean {
  return ["", "Z", "X"].includes(fieldsOf(pid)[0] ?? "");
}

export function sessionOf(pid: number): number {
  return Number(fieldsOf(pid)[3]);
}

/** ESRCH: it ended by itself. EPERM: it is not ours to end. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // What is still there is seen by the next look.
  }
}
