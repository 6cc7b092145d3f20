import type { Emit } from "../events/event.ts";
import type { Clock } from "../ports/clock.ts";

interface Subject {
  readonly unit?: string;
  readonly subject: string;
}

interface Amount {
  readonly bytes: number;
  readonly totalBytes?: number;
  readonly files?: number;
}

/** Turns plain amounts into progress events with rate and time left. */
export function progressReporter(
  about: Subject,
  clock: Clock,
  emit: Emit,
): (amount: Amount) => void {
  const began = clock.monotonic();
  return (amount) => {
    const elapsedMs = clock.monotonic() - began;
    const rate = elapsedMs <= 0 ? undefined : (amount.bytes / elapsedMs) * 1000;
    const left = amount.totalBytes === undefined ? undefined : amount.totalBytes - amount.bytes;
    const etaMs =
      left === undefined || rate === undefined || rate <= 0
        ? undefined
        : Math.max(0, (left / rate) * 1000);
    emit({
      type: "progress",
      ...about,
      ...amount,
      ...(rate === undefined ? {} : { rate: Math.round(rate) }),
      ...(etaMs === undefined ? {} : { etaMs: Math.round(etaMs) }),
    });
  };
}
