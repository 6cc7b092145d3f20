import { z } from "zod";
import { runStatuses } from "../../domain/results.ts";
import type { RunRecord, UnitOutcome, Verification } from "../../ports/history.ts";

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: "custom", message: "not JSON" });
    return z.NEVER;
  }
});
const names = json.pipe(z.array(z.string()));
const flag = z.union([z.literal(0), z.literal(1)]).transform((value) => value === 1);

export const runRow = z
  .object({
    run_id: z.string(),
    operation: z.string(),
    trigger: z.string(),
    status: z.enum([...runStatuses, "running"]),
    started_at: z.string(),
    finished_at: z.string().nullable(),
    units: names,
    result: json.nullable(),
  })
  .transform(
    (row): RunRecord => ({
      runId: row.run_id,
      operation: row.operation,
      trigger: row.trigger,
      status: row.status,
      startedAt: row.started_at,
      ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
      units: row.units,
      ...(row.result === null ? {} : { result: row.result }),
    }),
  );

export const outcomeRow = z
  .object({
    run_id: z.string(),
    unit: z.string(),
    backup_id: z.string(),
    status: z.enum(runStatuses),
    at: z.string(),
    downtime_ms: z.number(),
    duration_ms: z.number(),
    bytes: z.number(),
    stored_bytes: z.number(),
    gaps: names,
  })
  .transform(
    (row): UnitOutcome => ({
      runId: row.run_id,
      unit: row.unit,
      backupId: row.backup_id,
      status: row.status,
      at: row.at,
      downtimeMs: row.downtime_ms,
      durationMs: row.duration_ms,
      bytes: row.bytes,
      storedBytes: row.stored_bytes,
      gaps: row.gaps,
    }),
  );

export const verificationRow = z
  .object({
    repository: z.string(),
    host: z.string(),
    unit: z.string(),
    backup_id: z.string(),
    at: z.string(),
    ok: flag,
    deep: flag,
  })
  .transform(({ backup_id, ...row }): Verification => ({ ...row, backupId: backup_id }));
