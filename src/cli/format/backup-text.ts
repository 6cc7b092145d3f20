import { gapWarnings } from "../../domain/coverage.ts";
import type { BackupResult, UnitResult } from "../../domain/results.ts";
import { counted } from "../../domain/text.ts";
import { bytes, duration } from "../../events/amounts.ts";

const words = {
  succeeded: "ok",
  warning: "warning",
  failed: "FAILED",
  cancelled: "cancelled",
} as const;

function sum(unit: UnitResult, key: "bytes" | "files"): number {
  return unit.parts.reduce((total, part) => total + part[key], 0);
}

/** What the point takes in the first repository that has it, kept images included. */
export function storedBytesOf({ repositories }: Pick<UnitResult, "repositories">): number {
  return repositories.find(({ status }) => status === "succeeded")?.storedBytes ?? 0;
}

/** Without a downtime only where nothing was stopped, or where what was stopped is down still. */
function outage(unit: UnitResult): string {
  if (unit.downtimeMs === 0 && unit.error?.code === "LEFT_DOWN") return "NOT RUNNING AGAIN";
  return unit.downtimeMs === 0 ? "not stopped" : `down for ${duration(unit.downtimeMs)}`;
}

function stored(unit: UnitResult): string {
  if (!isSaved(unit)) return "no restore point";
  if (unit.parts.length === 0) return "no data to store";
  const size = `${bytes(sum(unit, "bytes"))} in ${counted(sum(unit, "files"), "entry", "entries")}`;
  return `${size}, stored in ${bytes(storedBytesOf(unit))}`;
}

/** Also a unit that is not running again may have its point. */
function isSaved(unit: UnitResult): boolean {
  return unit.repositories.some(({ status }) => status === "succeeded");
}

function unitLines(unit: UnitResult): string[] {
  const facts = [words[unit.status], stored(unit), outage(unit)];
  const head = `${unit.unit}: ${facts.join(", ")}, ${duration(unit.durationMs)} in all`;
  return [
    head,
    ...unit.warnings.map((warning) => `  warning: ${warning}`),
    ...(unit.error === undefined ? [] : [`  error: ${unit.error.message}`]),
    ...(unit.error?.hint === undefined ? [] : [`  hint: ${unit.error.hint}`]),
  ];
}

const disk = (result: BackupResult) =>
  result.repositories.flatMap(({ name, disk: use }) =>
    use === undefined ? [] : [`${name}: ${freeText(use)}`],
  );

type Disk = NonNullable<BackupResult["repositories"][number]["disk"]>;

export function freeText({ freeBytes, totalBytes, usedBytes }: Disk): string {
  return `${bytes(freeBytes ?? totalBytes - usedBytes)} free of ${bytes(totalBytes)}`;
}

function deletions({ retention: { deleted, freedBytes } }: BackupResult): string[] {
  if (deleted === 0) return [];
  return [`Deleted ${counted(deleted, "old point")} (${bytes(freedBytes)})`];
}

export function backupText(result: BackupResult): string {
  return [
    ...result.units.flatMap(unitLines),
    ...(result.units.some(isSaved) ? [`Restore point ${result.backupId}`] : []),
    ...deletions(result),
    ...disk(result),
  ].join("\n");
}

function previewLines(unit: UnitResult): string[] {
  const { estimate } = unit;
  const gaps = gapWarnings(unit.coverage);
  const size =
    estimate === undefined
      ? ""
      : `: ${bytes(estimate.bytes)} in ${counted(estimate.files, "entry", "entries")}`;
  const last =
    estimate?.downtimeMs === undefined
      ? []
      : [`  last time it was down for ${duration(estimate.downtimeMs)}`];
  return [
    `${unit.unit} (${unit.kind}, quiesce ${unit.quiesce}, freeze ${unit.freeze})${size}`,
    ...(unit.actions ?? []).map((action) => `  ${action}`),
    ...last,
    ...(estimate?.repositories ?? []).map(
      ({ name, neededBytes, freeBytes }) =>
        `  needs about ${bytes(neededBytes)} in ${name}, which has ${bytes(freeBytes)} free`,
    ),
    ...unit.coverage.excluded.map(({ what, rule }) => `  left out: ${what} (${rule})`),
    ...unit.coverage.gaps.map(({ what, why }) => `  not protected: ${what}: ${why}`),
    ...unit.warnings
      .filter((warning) => !gaps.includes(warning))
      .map((warning) => `  warning: ${warning}`),
    ...(unit.error === undefined ? [] : [`  error: ${unit.error.message}`]),
    ...(unit.error?.hint === undefined ? [] : [`  hint: ${unit.error.hint}`]),
  ];
}

export function dryRunText(result: BackupResult): string {
  const units = result.units.flatMap(previewLines);
  return [...units, "This was a dry run: nothing was changed."].join("\n");
}
