import type { ChildProcess } from "node:child_process";

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
  /** To be called once the process and its pipes are gone. */
  settle(): void;
}

/** The one way a process is ended: its whole group, TERM first, KILL after the grace. */
export function watchTermination(child: ChildProcess, options: TerminationOptions): Termination {
  let cancelled = false;
  let timedOut = false;
  let grace: NodeJS.Timeout | undefined;
  const end = () => {
    if (grace !== undefined) return;
    grace = setTimeout(() => signalGroup(child.pid, "SIGKILL"), options.graceMs);
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
    options.timeoutMs === undefined ? undefined : setTimeout(onTimeout, options.timeoutMs);
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
    settle() {
      clearTimeout(limit);
      clearTimeout(grace);
      options.signal?.removeEventListener("abort", onAbort);
    },
  };
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: every process of the group is gone already.
  }
}
