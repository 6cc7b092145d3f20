import { limits, type Row, seconds, verdict } from "./row.ts";
import { median, ratios } from "./statistics.ts";

/** What took turns with what, in milliseconds; the same index is the same turn. */
export interface Turns {
  readonly raw: readonly number[];
  readonly ours: readonly number[];
}

/** The median of the ratios turn by turn, judged. */
export function wallRow(id: string, what: string, { raw, ours }: Turns): Row {
  const ratio = median(ratios(ours, raw));
  return {
    id,
    what,
    target: `≤ ${limits.ratio} × raw`,
    baseline: seconds(median(raw)),
    measured: seconds(median(ours)),
    ratio,
    verdict: verdict(ratio, limits.ratio),
  };
}

/** The same without a promise: beside the table. */
export function besideRow(id: string, what: string, turns: Turns): Row {
  return { ...wallRow(id, what, turns), target: "", verdict: "" };
}
