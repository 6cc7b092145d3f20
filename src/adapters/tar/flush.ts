import { requireSuccess } from "../../exec/result.ts";
import type { Runner } from "../../exec/runner.ts";

/** Makes everything on the file system of a directory durable. */
export async function flush(runner: Pick<Runner, "run">, directory: string): Promise<void> {
  requireSuccess(await runner.run({ program: "sync", args: ["--file-system", directory] }));
}

export interface EarlyFlush {
  /** So many bytes were written until now. */
  reached(bytes: number): void;
  /** Flushes the rest. */
  finish(): Promise<void>;
}

const everyBytes = 256 << 20;

/**
 * Writes back while a program still writes, one flush at a time, so that little is left for the
 * end. The kernel tells a failure once, so an early one is kept for `finish`.
 */
export function earlyFlush(runner: Runner, directory: string): EarlyFlush {
  let flushed = 0;
  let isBusy = false;
  let running: Promise<void> = Promise.resolve();
  return {
    reached(bytes) {
      if (isBusy || bytes - flushed < everyBytes) return;
      isBusy = true;
      flushed = bytes;
      running = Promise.all([running, flush(runner, directory)]).then(() => {
        isBusy = false;
      });
      running.catch(() => undefined); // it stays busy; `finish` throws it
    },
    async finish() {
      await running;
      await flush(runner, directory);
    },
  };
}
