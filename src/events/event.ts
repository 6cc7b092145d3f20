import type { LogLevel } from "./log-level.ts";

/** What operations say while they work. `v, seq, ts, runId` are added by the stream. */
export type Happening =
  | { type: "run.started"; operation: Operation; units: readonly string[]; backupId?: string }
  | { type: "step.started"; unit?: string; step: Step; detail?: string }
  | { type: "step.finished"; unit?: string; step: Step; durationMs: number }
  /** Of the containers that are being stopped right now, those that are waited for. */
  | { type: "unit.stopping"; unit: string; containers: readonly string[] }
  | { type: "unit.stopped"; unit: string; containers: readonly string[] }
  | { type: "unit.started"; unit: string; containers: readonly string[]; downtimeMs: number }
  | { type: "unit.healthy"; unit: string; readyMs: number }
  | ProgressHappening
  | ({ type: "warning"; unit?: string; message: string } & Audience)
  | ({ type: "log"; unit?: string; level: LogLevel; message: string } & Audience)
  | { type: "run.finished"; status: RunStatus; result: unknown };

/** Who is told besides log files and programs. Absent: people, as it happens. */
export interface Audience {
  /** `log`: nobody, it is too much. `result`: whoever reads the result, which says it again. */
  readonly saidBy?: "log" | "result";
}

export interface ProgressHappening {
  readonly type: "progress";
  readonly unit?: string;
  /** What is being worked on, e.g. a part `volume:data`. */
  readonly subject: string;
  readonly bytes: number;
  readonly totalBytes?: number;
  readonly files?: number;
  /** Bytes per second since the subject began. */
  readonly rate?: number;
  readonly etaMs?: number;
}

export type Operation =
  | "backup"
  | "restore"
  | "verify"
  | "prune"
  | "delete"
  | "copy"
  | "recover"
  | "safety-copies"
  | "repository";
export type RunStatus = "succeeded" | "warning" | "failed" | "cancelled";

/** Step names of a run, as in docs/architecture.md. */
export type Step =
  | "plan"
  | "preflight"
  | "pre"
  | "hot"
  | "quiesce"
  | "cold"
  | "restart"
  | "post"
  | "finish"
  | "after"
  | "verify"
  | "stage"
  | "copy"
  | "swap"
  | "rollback"
  | "recover";

export type Event = Happening & {
  readonly v: 1;
  /** Counts up from 1 within a run, without holes. */
  readonly seq: number;
  /** RFC 3339, UTC, milliseconds. */
  readonly ts: string;
  readonly runId: string;
};

export type Emit = (happening: Happening) => void;
