import { type BackupResult, backupResultSchema, type UnitResult } from "../../domain/results.ts";
import { bytes, duration } from "../format/amounts.ts";
import { freeText, storedBytesOf } from "../format/backup-text.ts";
import type { Colour, Paint } from "../format/paint.ts";
import { type Column, table } from "../format/table.ts";
import { wrap } from "../format/wrap.ts";

export interface SummaryOptions {
  readonly columns: number;
  readonly paint: Paint;
}

const states: Record<UnitResult["status"], readonly [string, Colour]> = {
  succeeded: ["✔ saved", "green"],
  warning: ["▲ saved, warnings", "yellow"],
  failed: ["✖ failed", "red"],
  cancelled: ["▲ cancelled", "yellow"],
};

const columns: readonly Column<UnitResult>[] = [
  { title: "UNIT", value: (unit) => unit.unit, colour: () => "bold" },
  {
    title: "RESULT",
    value: (unit) => states[unit.status][0],
    colour: (unit) => states[unit.status][1],
  },
  { title: "DOWN", value: outage, align: "right" },
  { title: "READY", value: (unit) => time(unit.readyMs), align: "right" },
  { title: "DATA", value: (unit) => size(unit, bytesOf(unit)), align: "right" },
  { title: "STORED", value: (unit) => size(unit, storedBytesOf(unit)), align: "right" },
  { title: "TIME", value: (unit) => time(unit.durationMs), align: "right" },
];

/** A table of a backup's units, with what went wrong; undefined for documents of other kinds. */
export function summary(document: unknown, options: SummaryOptions): string[] | undefined {
  const result = backupResultSchema.safeParse(document).data;
  if (result === undefined || result.dryRun || result.units.length === 0) return undefined;
  return [
    "",
    ...table(columns, result.units, options),
    ...result.units.flatMap((unit) => troubles(unit, options)),
    "",
    ...closing(result, options.paint),
  ];
}

function outage(unit: UnitResult): string {
  return unit.downtimeMs === 0 ? "" : duration(unit.downtimeMs);
}

function time(ms: number): string {
  return ms === 0 ? "" : duration(ms);
}

function bytesOf({ parts }: UnitResult): number {
  return parts.reduce((sum, part) => sum + part.bytes, 0);
}

function size({ parts }: UnitResult, amount: number): string {
  return parts.length === 0 ? "" : bytes(amount);
}

function troubles(unit: UnitResult, { columns, paint }: SummaryOptions): string[] {
  const lines = unit.warnings.map((text) =>
    wrap(`${paint("yellow", "▲")} ${unit.unit}: ${text}`, columns, 2),
  );
  if (unit.error === undefined) return lines;
  lines.push(wrap(`${paint("red", "✖")} ${unit.unit}: ${unit.error.message}`, columns, 2));
  const { hint } = unit.error;
  if (hint !== undefined) lines.push(wrap(`  ${paint("dim", hint)}`, columns, 2));
  return lines;
}

function closing(result: BackupResult, paint: Paint): string[] {
  const saved = result.units.filter(isSaved).length;
  const ms = Date.parse(result.finishedAt) - Date.parse(result.startedAt);
  const point = saved === 0 ? "" : ` as ${paint("bold", result.backupId)}`;
  const all = result.units.length;
  const units = `${saved === all ? all : `${saved} of ${all}`} ${all === 1 ? "unit" : "units"}`;
  const disks = result.repositories.flatMap(({ name, disk }) => {
    if (disk === undefined) return [];
    return [paint("dim", `${name}: ${freeText(disk)}`)];
  });
  const { deleted, freedBytes } = result.retention;
  const old = `${deleted} old ${deleted === 1 ? "point" : "points"}`;
  const gone = deleted === 0 ? [] : [paint("dim", `${old} deleted (${bytes(freedBytes)})`)];
  return [`${units} backed up${point} in ${duration(ms)}`, ...gone, ...disks];
}

function isSaved(unit: UnitResult): boolean {
  return unit.status === "succeeded" || unit.status === "warning";
}
