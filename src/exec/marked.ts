import { setTimeout as delay } from "node:timers/promises";
import { isOver, processIds, sessionOf, signalProcess, variableOf } from "./processes.ts";

/** In the environment of a user's command, and inherited by its own: the run that started it. */
const mark = "STACKHOLD_RUN";
const pollMs = 20;

export function runMark(value: string): Readonly<Record<string, string>> {
  return { [mark]: value };
}

/**
 * Ends what carries the mark, in containers of this host too: TERM, then KILL after the grace. A
 * service that the command started and that has left its session is no part of it.
 */
export async function endMarked(value: string, graceMs = 5000): Promise<void> {
  const polls = graceMs / pollMs;
  const sessions = new Set<number>();
  for (let poll = 0; poll < 2 * polls; poll += 1) {
    const left = marked(value, sessions);
    if (left.length === 0) return;
    if (poll === 0) for (const pid of left) signalProcess(pid, "SIGTERM");
    if (poll >= polls) for (const pid of left) signalProcess(pid, "SIGKILL");
    await delay(pollMs);
  }
}

/** Those in a session that a marked process leads, or led when it was looked at before. */
function marked(value: string, sessions: Set<number>): number[] {
  const all = processIds().filter((pid) => variableOf(pid, mark) === value && !isOver(pid));
  for (const pid of all) if (sessionOf(pid) === pid) sessions.add(pid);
  return all.filter((pid) => sessions.has(sessionOf(pid)));
}
