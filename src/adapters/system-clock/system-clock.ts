import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../../ports/clock.ts";

export function createSystemClock(): Clock {
  return {
    now: () => new Date(),
    monotonic: () => Math.round(performance.now()),
    async sleep(milliseconds, signal) {
      try {
        await delay(milliseconds, undefined, signal === undefined ? {} : { signal });
      } catch (error) {
        if (signal?.aborted !== true) throw error;
      }
    },
  };
}
