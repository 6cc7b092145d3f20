import { setTimeout as delay } from "node:timers/promises";
import { isOver, processIds, sessionOf, signalProcess, variableOf } from "./processes.ts";

/** In the environment of a user's command, and inherited by its own: the run that started it. */
const mark = "STACKHOLD_RUN";
/** After these it hangs in the kernel, or is not ours to end. */
const mostKills = 20;
/** Each look reads the environment of every process. */
const pollMs = 100;

export function runMark(value: string): Readonly<Record<string, string>> {
  return { [mark]: value };
}

/**
 * Ends what carries the mark, in containers of this host too: TERM, then KILL after the grace. A
 * service that the command started and that has left its session is no part of it.
 */
export async function endMarked(value: string, graceMs = 5000): Promise<void> {
  const sessions = new Set<number>();
  const first = marked(value, sessions);
  for (const pid of first) signalProcess(pid, "SIGTERM");
  const grace = AbortSignal.timeout(graceMs);
  for (let left = first, kills = 0; left.length > 0 && kills < mostKills; ) {
    if (grace.aborted) {
      for (const pid of left) signalProcess(pid, "SIGKILL");
      kills += 1;
    }
    await delay(pollMs);
    left = marked(value, sessions);
  }
}

/** Those in a session that a marked process leads, or led when it was looked at before. */
function marked(value: string, sessions: Set<number>): number[] {
  const all = processIds().filter((pid) => variableOf(pid, mark) === value && !isOver(pid));
  for (const pid of all) if (sessionOf(pid) === pid) sessions.add(pid);
  return all.filter((pid) => sessions.has(sessionOf(pid)));
}
