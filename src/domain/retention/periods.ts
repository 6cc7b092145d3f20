import type { OffsetAt } from "./zone.ts";

const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** From the shortest on; the words are the configuration's. */
export const periods = ["hourly", "daily", "weekly", "monthly", "yearly"] as const;
export type Period = (typeof periods)[number];

/** What a clock on the wall shows, as if it stood in UTC: calendars are plain arithmetic on it. */
export function wallTime(instant: number, offsetAt: OffsetAt): number {
  return instant + offsetAt(instant);
}

/**
 * Equal for two instants exactly if they lie in the same hour, day, ISO week, month or year of the
 * place. The hour that an autumn night has twice is two hours.
 */
export function periodOf(period: Period, instant: number, offsetAt: OffsetAt): string {
  const offset = offsetAt(instant);
  const wall = instant + offset;
  const date = new Date(wall);
  const day = Math.floor(wall / dayMs);
  switch (period) {
    case "hourly":
      return `${Math.floor(wall / hourMs)} ${offset}`;
    case "daily":
      return `${day}`;
    case "weekly":
      // Day 0 was a Thursday: weeks begin on Mondays.
      return `${Math.floor((day + 3) / 7)}`;
    case "monthly":
      return `${date.getUTCFullYear()} ${date.getUTCMonth()}`;
    case "yearly":
      return `${date.getUTCFullYear()}`;
  }
}
