import type { ChildProcess } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";

export interface TerminationOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly graceMs: number;
}

export interface Termination {
  readonly cancelled: boolean;
  readonly timedOut: boolean;
  /** Ends the group now: TERM, and KILL after the grace. */
  end(): void;
  /** Once the process is gone: when it was ended, waits until all of its group is. */
  groupEnd(): Promise<void>;
  /** To be called once nothing is left to be ended. Idempotent. */
  settle(): void;
}

const pollMs = 20;
const mostPolls = 50;
/** What setTimeout takes; above that it fires at once. */
const longestMs = 2 ** 31 - 1;

/** The one way a process is ended: its whole group, TERM first, KILL after the grace. */
export function watchTermination(child: ChildProcess, options: TerminationOptions): Termination {
  let cancelled = false;
  let timedOut = false;
  let grace: NodeJS.Timeout | undefined;
  let killed = false;
  let settled = false;
  const end = () => {
    if (grace !== undefined || settled) return;
    grace = setTimeout(() => {
      killed = true;
      signalGroup(child.pid, "SIGKILL");
    }, options.graceMs);
    signalGroup(child.pid, "SIGTERM");
  };
  const onAbort = () => {
    cancelled = true;
    end();
  };
  const onTimeout = () => {
    timedOut = true;
    end();
  };
  const limit =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(onTimeout, Math.min(options.timeoutMs, longestMs));
  options.signal?.addEventListener("abort", onAbort, { once: true });
  if (options.signal?.aborted === true) onAbort();
  return {
    get cancelled() {
      return cancelled;
    },
    get timedOut() {
      return timedOut;
    },
    end,
    async groupEnd() {
      // After the KILL only what nobody reaps is left.
      for (let polls = 0; grace !== undefined && polls < mostPolls; polls += killed ? 1 : 0) {
        if (!signalGroup(child.pid, 0)) return;
        await delay(pollMs);
      }
    },
    settle() {
      settled = true;
      clearTimeout(limit);
      clearTimeout(grace);
      options.signal?.removeEventListener("abort", onAbort);
    },
  };
}

/** False where no process of the group is left. */
function signalGroup(pid: number | undefined, signal: NodeJS.Signals | 0): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(-pid, signal);
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}
