const steps = [
  [60, 1, "s"],
  [3600, 60, "min"],
  [48 * 3600, 3600, "h"],
  [14 * 86_400, 86_400, "days"],
  [60 * 86_400, 7 * 86_400, "weeks"],
  [Number.POSITIVE_INFINITY, 30 * 86_400, "months"],
] as const;

/** `11 min old`: whole units, the largest that fits. */
export function age(time: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - time.getTime()) / 1000));
  const [, size, word] = steps.find(([below]) => seconds < below) ?? steps[0];
  return `${Math.floor(seconds / size)} ${word} old`;
}
