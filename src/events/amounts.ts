const sizeUnits = ["B", "kB", "MB", "GB", "TB", "PB", "EB"] as const;

/** Decimal: 1 GB is 1,000,000,000 bytes, as disks and object storage are sold and as `df -H` counts. */
export function bytes(count: number): string {
  let value = Math.abs(count);
  let unit = 0;
  while (Math.round(value) >= 1000 && unit < sizeUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${count < 0 ? "-" : ""}${value.toFixed(digits)} ${sizeUnits[unit]}`;
}

/** Two units at most: `0.4 s`, `42 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds === 0) return "0 s";
  if (seconds < 0.095) return `${Math.max(0.01, seconds).toFixed(2)} s`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return pair(whole, 60, "min", 1, "s");
  const minutes = Math.round(whole / 60);
  return minutes < 48 * 60 ? pair(minutes, 60, "h", 1, "min") : pair(minutes, 1440, "d", 60, "h");
}

function pair(amount: number, big: number, bigWord: string, small: number, word: string): string {
  const rest = Math.floor((amount % big) / small);
  return `${Math.floor(amount / big)} ${bigWord}${rest === 0 ? "" : ` ${rest} ${word}`}`;
}
