export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new RangeError("no median of nothing");
  return (low + high) / 2;
}

/** Each one against the one of the same turn, so that slow moments of the machine cancel out. */
export function ratios(measured: readonly number[], baseline: readonly number[]): number[] {
  return measured.map((value, index) => value / (baseline[index] ?? Number.NaN));
}
