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

/** What a benchmark gives back: rows, and everything measured in milliseconds or bytes by name. */
export interface Outcome {
  readonly rows: readonly Row[];
  readonly samples: Readonly<Record<string, readonly number[]>>;
}

export const limits = {
  ratio: 1.15,
  memoryBytes: 150e6,
  versionMs: 100,
  unitsMs: 2000,
  pointsMs: 300,
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
