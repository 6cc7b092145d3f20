import { readlinkSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { processStart } from "./process-start.ts";
import { isOver, processIds, signalProcess, variableOf } from "./processes.ts";

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
    for (const pid of orphans) signalProcess(pid, "SIGKILL");
    await delay(pollMs);
  }
}

function findOrphans(): number[] {
  const namespace = namespaceOf("self");
  return processIds().filter((pid) => {
    const [parent, start] = variableOf(pid, mark)?.split(":") ?? [];
    if (parent === undefined || start === undefined || isOver(pid)) return false;
    const isLiving = processStart(Number(parent)) === start && !isOver(Number(parent));
    // Numbers of another namespace, e.g. of a container, mean nothing here.
    return !isLiving && namespaceOf(pid) === namespace;
  });
}

function namespaceOf(pid: number | "self"): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}
