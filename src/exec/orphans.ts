import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { processStart } from "./process-start.ts";

/** In the environment of such a child, and inherited by its own: who started it. */
const mark = "STACKHOLD_STARTED_BY";
const pollMs = 20;
/** SIGKILL needs no time, unless a process hangs in the kernel. */
const polls = 250;

/** For the environment of a child that must not go on when this process is gone. */
export function parentMark(): Readonly<Record<string, string>> {
  return { [mark]: `${process.pid}:${processStart(process.pid)}` };
}

/**
 * Kills what carries the mark of a process that is gone, and waits for its end: it would work
 * against a recovery. A death signal does not do, since programs do not hand it on to their own
 * children, e.g. docker to its plugins. Does nothing where there is no /proc.
 */
export async function endOrphans(): Promise<void> {
  for (let poll = 0; poll < polls; poll += 1) {
    const orphans = findOrphans();
    if (orphans.length === 0) return;
    for (const pid of orphans) kill(pid);
    await delay(pollMs);
  }
}

function findOrphans(): number[] {
  const namespace = namespaceOf("self");
  return processIds().filter((pid) => {
    const [parent, start] = markOf(pid)?.split(":") ?? [];
    if (parent === undefined || start === undefined || isOver(pid)) return false;
    const isLiving = processStart(Number(parent)) === start && !isOver(Number(parent));
    // Numbers of another namespace, e.g. of a container, mean nothing here.
    return !isLiving && namespaceOf(pid) === namespace;
  });
}

function processIds(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}

function markOf(pid: number): string | undefined {
  const variable = read(pid, "environ")
    .split("\0")
    .find((each) => each.startsWith(`${mark}=`));
  return variable?.slice(mark.length + 1);
}

/** A zombie does nothing any more. */
function isOver(pid: number): boolean {
  const stat = read(pid, "stat");
  return ["", "Z", "X"].includes(stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3));
}

function namespaceOf(pid: number | "self"): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // ESRCH: it ended by itself.
  }
}
