const steps = [
  [60, 1, "second"],
  [3600, 60, "minute"],
  [86_400, 3600, "hour"],
  [14 * 86_400, 86_400, "day"],
  [60 * 86_400, 7 * 86_400, "week"],
  [Number.POSITIVE_INFINITY, 30 * 86_400, "month"],
] as const;

/** `just now`, `5 minutes ago`, `in 2 hours`: whole units, the largest that fits. */
export function ago(time: Date, now: Date): string {
  const seconds = Math.round((now.getTime() - time.getTime()) / 1000);
  const distance = Math.abs(seconds);
  if (distance < 10) return "just now";
  const [, size, word] = steps.find(([below]) => distance < below) ?? steps[0];
  const count = Math.floor(distance / size);
  const words = `${count} ${word}${count === 1 ? "" : "s"}`;
  return seconds > 0 ? `${words} ago` : `in ${words}`;
}
