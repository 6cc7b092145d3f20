import type { Happening, ProgressHappening } from "./event.ts";

const quietMs = 200;

/** Holds progress back so that each subject speaks at most five times a second. */
export interface Coalescer {
  /** What to deliver now, in order: held progress that comes first, then perhaps the happening. */
  pass(happening: Happening, nowMs: number): Happening[];
  /** All that is held. */
  drain(): ProgressHappening[];
}

export function createCoalescer(): Coalescer {
  const spoke = new Map<string, number>();
  const held = new Map<string, ProgressHappening>();

  function release(matches: (progress: ProgressHappening) => boolean): ProgressHappening[] {
    const out: ProgressHappening[] = [];
    for (const [key, progress] of held) {
      if (!matches(progress)) continue;
      held.delete(key);
      out.push(progress);
    }
    return out;
  }

  function passProgress(progress: ProgressHappening, nowMs: number): Happening[] {
    const key = JSON.stringify([progress.unit, progress.subject]);
    const last = spoke.get(key);
    if (last !== undefined && nowMs - last < quietMs) {
      held.set(key, progress);
      return [];
    }
    held.delete(key);
    spoke.set(key, nowMs);
    return [progress];
  }

  return {
    pass(happening, nowMs) {
      if (happening.type === "progress") return passProgress(happening, nowMs);
      if (happening.type === "log" || happening.type === "warning") return [happening];
      const unit = "unit" in happening ? happening.unit : undefined;
      return [...release((held) => unit === undefined || held.unit === unit), happening];
    },
    drain: () => release(() => true),
  };
}
