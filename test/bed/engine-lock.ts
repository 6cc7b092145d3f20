import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { guardMark, isAlive, isMarked, sendSignal, startTime } from "./processes.ts";

export class EngineBusy extends Error {
  constructor(name: string, pid: number) {
    super(`engine ${name} is in use by process ${pid}`);
    this.name = "EngineBusy";
  }
}

/**
 * Takes the engine until `release`, or our death. Throws `EngineBusy` while another living process has it;
 * a guard only cleans up what the new holder will clean up too, so it is ended.
 */
export function take(lock: string, name: string): void {
  mkdirSync(dirname(lock), { recursive: true });
  const draft = stampFile(lock, process.pid);
  try {
    while (!link(draft, lock)) {
      const seen = read(lock);
      const holder = living(seen);
      if (holder !== undefined && !isMarked(holder, guardMark)) throw new EngineBusy(name, holder);
      if (holder !== undefined) sendSignal(holder, "SIGKILL");
      removeStale(lock, seen);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Hands the engine to another process, whoever has it. */
export function handOver(lock: string, pid: number): void {
  renameSync(stampFile(lock, pid), lock);
}

export function release(lock: string): void {
  rmSync(lock, { force: true });
}

/** The living process which has the engine. */
export function holderOf(lock: string): number | undefined {
  return living(read(lock));
}

function living(stamp: string): number | undefined {
  const [pid = "", started] = stamp.split(" ");
  const number = Number(pid);
  return pid !== "" && isAlive(number) && startTime(number) === started ? number : undefined;
}

/** A file with the process's name: its number, and when it started, as numbers are used again. */
function stampFile(lock: string, pid: number): string {
  const path = `${lock}.${process.pid}`;
  writeFileSync(path, `${pid} ${startTime(pid) ?? ""}`);
  return path;
}

/** Moves the lock aside before it is removed: another process may have replaced it since we looked. */
function removeStale(lock: string, seen: string): void {
  const aside = `${lock}.${process.pid}.stale`;
  try {
    renameSync(lock, aside);
  } catch {
    return;
  }
  if (read(aside) !== seen) link(aside, lock);
  rmSync(aside, { force: true });
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
