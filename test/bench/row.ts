import type { Downtime } from "./downtime/facts.ts";

/** One line of the table. */
export interface Row {
  readonly id: string;
  readonly what: string;
  /** Empty where nothing was promised. */
  readonly target: string;
  /** What it is compared with. */
  readonly baseline: string;
  readonly measured: string;
  readonly ratio?: number;
  readonly verdict: "ok" | "missed" | "";
}

/** What a benchmark gives back. */
export interface Outcome {
  readonly rows: readonly Row[];
  readonly downtimes?: readonly Downtime[];
  /** Everything measured by name, in milliseconds or, where the name begins with memory, bytes. */
  readonly samples: Readonly<Record<string, readonly number[]>>;
}

export function joined(outcomes: readonly Outcome[]): Outcome {
  return {
    rows: outcomes.flatMap(({ rows }) => rows),
    downtimes: outcomes.flatMap(({ downtimes = [] }) => downtimes),
    samples: Object.assign({}, ...outcomes.map(({ samples }) => samples)),
  };
}

export const limits = {
  ratio: 1.15,
  twoPhaseRatio: 1.2,
  peerRatio: 0.1,
  kopiaFirst: 1.2,
  kopiaAgain: 1.5,
  kopiaChanged: 1.3,
  memoryBytes: 150e6,
  versionMs: 100,
  unitsMs: 2000,
  pointsMs: 300,
  dryRunMs: 3000,
  getRatio: 1.1,
};

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

export function milliseconds(ms: number): string {
  return `${Math.round(ms)} ms`;
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

export function verdict(value: number, limit: number): "ok" | "missed" {
  return value <= limit ? "ok" : "missed";
}
