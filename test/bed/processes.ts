import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** In the environment of every process that an engine of ours starts, and inherited by theirs. */
export const mark = "STACKHOLD_TESTBED_ENGINE";

/** In the environment of what stops an engine after the death of the process that started it. */
export const guardMark = "STACKHOLD_TESTBED_GUARD";

/** The control group of all containers of an engine; theirs is the one thing a container cannot shed. */
export const cgroupOf = (id: string): string => `/stackhold-testbed/${id}`;

/** The living processes that belong to an engine: dockerd, containerd, shims, proxies and all in containers. */
export function processesOf(id: string): number[] {
  const group = `${cgroupOf(id)}/`;
  return pids().filter(
    (pid) => isAlive(pid) && (isMarked(pid, mark, id) || read(pid, "cgroup").includes(group)),
  );
}

/** Whether the process was started with that environment variable, set to the id where one is given. */
export function isMarked(pid: number, name: string, id?: string): boolean {
  const environment = `\0${read(pid, "environ")}\0`;
  return environment.includes(id === undefined ? `\0${name}=` : `\0${name}=${id}\0`);
}

/** Whether the process runs; one that has ended and only waits for its parent does not. */
export function isAlive(pid: number): boolean {
  const state = statusFields(pid)[0];
  return state !== undefined && state !== "Z" && state !== "X";
}

/** When the process started, in clock ticks since boot: tells it from a later one with the same number. */
export function startTime(pid: number): string | undefined {
  return statusFields(pid)[19];
}

/** Resolves to true when the condition holds, to false when it did not within the time. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
  everyMs = 20,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await delay(everyMs);
  }
  return true;
}

export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** What follows the program's name in proc(5) stat: it may hold blanks and parentheses itself. */
function statusFields(pid: number): string[] {
  const stat = read(pid, "stat");
  return stat === "" ? [] : stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function pids(): number[] {
  return readdirSync("/proc").map(Number).filter(Number.isInteger);
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}
