/** The only source of time. */
export interface Clock {
  now(): Date;
  /** Whole milliseconds of a clock that never jumps, for durations. */
  monotonic(): number;
  /** Resolves after the time, or at once when the signal fires. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
