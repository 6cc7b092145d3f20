import { limits, type Row, seconds, verdict } from "./row.ts";
import { median, ratios } from "./statistics.ts";

/** What took turns with what, in milliseconds; the same index is the same turn. */
export interface Turns {
  readonly raw: readonly number[];
  readonly ours: readonly number[];
}

export interface Promised {
  readonly ratio: number;
  /** Of what: `raw`. */
  readonly of: string;
}

/** The median of the ratios turn by turn; judged where something was promised. */
export function ratioRow(id: string, what: string, { raw, ours }: Turns, promised?: Promised): Row {
  const ratio = median(ratios(ours, raw));
  return {
    id,
    what,
    target: promised === undefined ? "" : `≤ ${promised.ratio} × ${promised.of}`,
    baseline: seconds(median(raw)),
    measured: seconds(median(ours)),
    ratio,
    verdict: promised === undefined ? "" : verdict(ratio, promised.ratio),
  };
}

export const byRaw: Promised = { ratio: limits.ratio, of: "raw" };
