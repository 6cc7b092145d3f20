import { z } from "zod";
import { duration } from "../../events/amounts.ts";
import type { RunRecord } from "../../ports/history.ts";

import { type Look, minuteOf, plain } from "./list-text.ts";
import { type Column, layOut } from "./table.ts";
import { wrap } from "./wrap.ts";

const unitsSchema = z.object({ units: z.array(z.object({ downtimeMs: z.number() })) });
const targetSchema = z.object({ target: z.string() });
const ownSchema = z.object({ downtimeMs: z.number() });
const failing = z.object({ message: z.string() }).optional();
const troubleSchema = z.object({
  error: failing,
  warnings: z.array(z.string()).optional(),
  problems: z.array(z.object({ part: z.string(), problem: z.string() })).optional(),
  units: z
    .array(z.object({ unit: z.string(), error: failing, warnings: z.array(z.string()).optional() }))
    .optional()
    .catch(undefined),
});

/** The longest of any unit: units of a run stand still one after another, or together. */
function downtimeOf({ result }: RunRecord): string {
  const units = unitsSchema.safeParse(result).data?.units.map((unit) => unit.downtimeMs);
  const all = units ?? [ownSchema.safeParse(result).data?.downtimeMs ?? 0];
  const longest = Math.max(0, ...all);
  return longest === 0 ? "" : duration(longest);
}

function timeOf({ startedAt, finishedAt }: RunRecord): string {
  if (finishedAt === undefined) return "";
  return duration(Date.parse(finishedAt) - Date.parse(startedAt));
}

/** Of a restore, what its document says even while it runs. */
export function targetOf({ result }: RunRecord): string | undefined {
  return targetSchema.safeParse(result).data?.target;
}

/** Restores are of kinds that have little in common; where to is in `--json`. */
function operationOf(run: RunRecord): string {
  const [kind] = targetOf(run)?.split(":", 1) ?? [];
  return kind === undefined ? run.operation : `${run.operation} ${kind}`;
}

/** What its own document says was wrong, the worst first. */
function reasonsOf({ result }: RunRecord): string[] {
  const told = troubleSchema.safeParse(result).data;
  const units = told?.units ?? [];
  return [
    ...(told?.error === undefined ? [] : [told.error.message]),
    ...units.flatMap(({ unit, error }) =>
      error === undefined ? [] : [`${unit}: ${error.message}`],
    ),
    ...(told?.problems ?? []).map(({ part, problem }) => `${part}: ${problem}`),
    ...(told?.warnings ?? []),
    ...units.flatMap(({ unit, warnings = [] }) => warnings.map((text) => `${unit}: ${text}`)),
  ];
}

const columns: readonly Column<RunRecord>[] = [
  { title: "STARTED (UTC)", value: (run) => minuteOf(run.startedAt), gives: "nothing" },
  { title: "OPERATION", value: operationOf, gives: "nothing" },
  { title: "UNITS", value: (run) => run.units.join(", ") },
  { title: "STATUS", value: (run) => run.status, gives: "nothing" },
  { title: "TIME", value: timeOf, align: "right", gives: 1 },
  { title: "DOWN", value: downtimeOf, align: "right", gives: 2 },
];

/** A run that did not go well says why in a line of its own, or where that can be read. */
function remarks(run: RunRecord, { columns: room, logDir }: RunsLook): string[] {
  if (run.status === "succeeded" || run.status === "running") return [];
  const [reason, ...more] = reasonsOf(run);
  if (reason === undefined) return [`  see its log in ${logDir}`];
  const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
  return wrap(`  ${reason}${others}`, room, 2).split("\n");
}

export interface RunsLook extends Look {
  readonly logDir: string;
}

export function runsText(runs: readonly RunRecord[], look: RunsLook, unit?: string): string {
  if (runs.length === 0) {
    return unit === undefined ? "Nothing has run yet." : `Nothing of ${unit} has run yet.`;
  }
  const { head, rows, notice } = layOut(columns, runs, { paint: plain, columns: look.columns });
  const lines = runs.flatMap((run, at) => [rows[at] ?? "", ...remarks(run, look)]);
  return [head, ...lines, ...notice].join("\n");
}
