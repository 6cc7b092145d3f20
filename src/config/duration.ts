const seconds = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
type Unit = keyof typeof seconds;

/** A whole number of seconds, or one with the unit s, m, h or d. */
export const durationPattern = /^(\d{1,9})(s|m|h|d)?$/;

/** Seconds; undefined when the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  const match = durationPattern.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * seconds[(match[2] ?? "s") as Unit];
}

/** Reads back as the same number of seconds; a unit is used from two of it on: 60s, 24h, 2d. */
export function formatDuration(total: number): string {
  const unit = (["d", "h", "m"] as const).find(
    (u) => total % seconds[u] === 0 && total >= 2 * seconds[u],
  );
  return unit === undefined ? `${total}s` : `${total / seconds[unit]}${unit}`;
}
