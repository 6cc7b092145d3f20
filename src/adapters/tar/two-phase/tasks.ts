import type { Activity } from "../../../ports/capture.ts";
import { systemError } from "../errno.ts";

export interface Tasks {
  /** Fires when everything shall end. */
  readonly ending: AbortSignal;
  /** Work that `end` cancels and waits for. */
  run<T>(what: string, activity: Activity, work: (own: Activity) => Promise<T>): Promise<T>;
  /** Cancels what is under way, waits for it, then cleans up, once. */
  end(cleanUp: () => Promise<void>): Promise<void>;
}

export function createTasks(): Tasks {
  const over = new AbortController();
  const running = new Set<Promise<unknown>>();
  let ended: Promise<void> | undefined;
  return {
    ending: over.signal,
    run: async (what, activity, work) => {
      const { signal } = activity;
      const signals = signal === undefined ? [over.signal] : [over.signal, signal];
      const own = { ...activity, signal: AbortSignal.any(signals) };
      const working = (async () => work(own))();
      running.add(working);
      try {
        return await working;
      } catch (failure) {
        throw systemError(failure, what);
      } finally {
        running.delete(working);
      }
    },
    end: (cleanUp) => {
      over.abort();
      ended ??= Promise.allSettled(running).then(cleanUp);
      return ended;
    },
  };
}
