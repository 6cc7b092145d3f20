import { readFileSync } from "node:fs";
import process from "node:process";
import { processStart } from "./process-start.ts";

/** Names one process for ever, also when its number is given to another or the machine restarts. */
export interface ProcessMark {
  readonly pid: number;
  /** In ticks since boot. */
  readonly startTime: string;
  readonly boot: string;
}

export function ownMark(): ProcessMark {
  return { pid: process.pid, startTime: processStart(process.pid), boot: bootId() };
}

/** Whether the process that was marked still lives. */
export function isAlive({ pid, startTime, boot }: ProcessMark): boolean {
  return startTime !== "" && boot === bootId() && processStart(pid) === startTime;
}

/** random(4): made anew at every start of the kernel. */
function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}
