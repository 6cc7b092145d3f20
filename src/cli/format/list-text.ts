import type { ListedPoint } from "../../domain/point-results.ts";
import { counted } from "../../domain/text.ts";
import { bytes } from "../../events/amounts.ts";
import type { ListedUnit } from "../../operations/list-units.ts";
import type { RunRecord } from "../../ports/history.ts";

function unitLine(unit: ListedUnit): string {
  const facts = [
    unit.kind,
    counted(unit.services.length, "container"),
    counted(unit.volumes.length, "volume"),
  ];
  const last = unit.lastPoint === undefined ? "no restore point" : `last point ${unit.lastPoint}`;
  const marks = [unit.overdue ? "overdue" : "", unit.skipStop ? "never stopped" : ""].filter(
    Boolean,
  );
  const databases = [...new Set(unit.services.flatMap((service) => service.database ?? []))];
  const holds = databases.length === 0 ? "" : `, ${databases.join(", ")}`;
  return [`${unit.unit} (${facts.join(", ")})`, `${unit.state}${holds}`, last, ...marks].join(
    " · ",
  );
}

export function unitsText(units: readonly ListedUnit[]): string {
  return units.length === 0
    ? "No stacks and no containers were found."
    : units.map(unitLine).join("\n");
}

/** `2026-11-20 02:00 UTC` */
function utc(time: string): string {
  return `${time.slice(0, 16).replace("T", " ")} UTC`;
}

function pointLine(point: ListedPoint): string {
  const marks = [
    point.status === "complete" ? "" : point.status,
    point.pinned ? "pinned" : "",
    point.verifiedAt === undefined ? "" : `verified ${utc(point.verifiedAt)}`,
  ].filter(Boolean);
  const size =
    point.status === "complete"
      ? `${bytes(point.bytes)}, stored in ${bytes(point.storedBytes)}`
      : "";
  return [point.backupId, `${point.unit} on ${point.host}`, point.repository, size, ...marks]
    .filter(Boolean)
    .join(" · ");
}

/** What was asked for goes into the answer: nothing may be there at all, or only not of this. */
export function pointsText(
  points: readonly ListedPoint[],
  asked: { readonly unit?: string; readonly host?: string },
): string {
  if (points.length > 0) return points.map(pointLine).join("\n");
  const of = asked.unit === undefined ? "" : ` of ${asked.unit}`;
  const on = asked.host === undefined ? "" : ` on ${asked.host}`;
  return of + on === ""
    ? "No restore points yet: run stackhold backup."
    : `No restore points${of}${on}: stackhold list points --all-hosts shows all.`;
}

export function runsText(runs: readonly RunRecord[], unit?: string): string {
  if (runs.length === 0)
    return unit === undefined ? "Nothing has run yet." : `Nothing of ${unit} has run yet.`;
  return runs
    .map((run) =>
      [utc(run.startedAt), run.operation, run.units.join(", ") || "no unit", run.status].join(
        " · ",
      ),
    )
    .join("\n");
}
