import { counted } from "../../domain/text.ts";

const steps = [
  [60, 1, "second"],
  [3600, 60, "minute"],
  [86_400, 3600, "hour"],
  [14 * 86_400, 86_400, "day"],
  [60 * 86_400, 7 * 86_400, "week"],
  [Number.POSITIVE_INFINITY, 30 * 86_400, "month"],
] as const;

/** `45 seconds`, `5 minutes`, `3 weeks`: whole units, the largest that fits. */
export function age(time: Date, now: Date): string {
  const distance = Math.abs(Math.round((now.getTime() - time.getTime()) / 1000));
  const [, size, word] = steps.find(([below]) => distance < below) ?? steps[0];
  return counted(Math.floor(distance / size), word);
}

/** `just now`, `5 minutes ago`, `in 2 hours`. */
export function ago(time: Date, now: Date): string {
  const seconds = Math.round((now.getTime() - time.getTime()) / 1000);
  if (Math.abs(seconds) < 10) return "just now";
  return seconds > 0 ? `${age(time, now)} ago` : `in ${age(time, now)}`;
}
