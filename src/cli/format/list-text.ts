import { parseBackupId } from "../../domain/backup-id.ts";
import { writerNames } from "../../domain/point-results.ts";
import { counted } from "../../domain/text.ts";
import { bytes } from "../../events/amounts.ts";
import type { FoundPoint } from "../../operations/list-points.ts";
import type { ListedUnit } from "../../operations/list-units.ts";
import { age, ago } from "./age.ts";
import { createPaint } from "./paint.ts";
import { type Column, table } from "./table.ts";

/** Where a list is shown, and when. */
export interface Look {
  /** Of the terminal; absent in a pipe, where nothing is cut. */
  readonly columns?: number | undefined;
  readonly now: Date;
}

export const plain = createPaint(false);

/** `2026-11-20 02:00` */
export function minuteOf(time: string): string {
  return time.slice(0, 16).replace("T", " ");
}

const joined = (notes: readonly (string | false)[]) => notes.filter(Boolean).join(", ");

function unitColumns(now: Date): Column<ListedUnit>[] {
  const last = ({ lastPoint }: ListedUnit) =>
    lastPoint === undefined ? undefined : parseBackupId(lastPoint);
  return [
    { title: "UNIT", value: (unit) => unit.unit, gives: "nothing" },
    { title: "KIND", value: (unit) => unit.kind, gives: 2 },
    { title: "STATE", value: (unit) => unit.state, gives: "nothing" },
    {
      title: "CONTAINERS",
      value: (unit) => String(unit.services.length),
      align: "right",
      gives: 3,
    },
    { title: "VOLUMES", value: (unit) => String(unit.volumes.length), align: "right", gives: 1 },
    {
      title: "LAST POINT",
      value: (unit) => {
        const time = last(unit);
        return time === undefined ? "none" : ago(time, now);
      },
      gives: "nothing",
    },
    {
      title: "NOTES",
      value: (unit) => {
        const databases = [...new Set(unit.services.flatMap(({ database }) => database ?? []))];
        return joined([
          unit.overdue && unit.lastPoint !== undefined && "overdue",
          unit.skipStop && "never stopped",
          unit.gaps.length > 0 && counted(unit.gaps.length, "gap"),
          databases.length > 0 && `database: ${databases.join(", ")}`,
        ]);
      },
    },
  ];
}

export function unitsText(units: readonly ListedUnit[], { columns, now }: Look): string {
  return table(unitColumns(now), units, { paint: plain, columns }).join("\n");
}

/** Says where it was looked. */
export function noUnitsText(engine: string, directories: readonly string[]): string {
  const places = directories.map((directory) => `${directory} has no compose files`);
  const looked = [`the engine at ${engine} has none`, ...places].join(", ");
  return `No stacks and no containers were found: ${looked}.`;
}

function notesOf({ point, warnings }: FoundPoint): string {
  return joined([
    point.status !== "complete" && point.status,
    point.writtenBy !== undefined && `by ${writerNames[point.writtenBy]}`,
    point.pinned && "pinned",
    warnings > 0 && counted(warnings, "warning"),
  ]);
}

/** A column of names that is there only when there are several. */
function nameColumn(
  title: string,
  value: (point: FoundPoint) => string,
  points: readonly FoundPoint[],
  gives: Column<FoundPoint>["gives"],
): Column<FoundPoint>[] {
  const isSeveral = new Set(points.map(value)).size > 1;
  return isSeveral ? [{ title, value, ...(gives === undefined ? {} : { gives }) }] : [];
}

function pointColumns(points: readonly FoundPoint[], now: Date): Column<FoundPoint>[] {
  const size = (key: "bytes" | "storedBytes") => (row: FoundPoint) =>
    row.point.status === "complete" ? bytes(row.point[key]) : "";
  return [
    ...nameColumn("UNIT", ({ point }) => point.unit, points, "nothing"),
    { title: "POINT", value: ({ point }) => point.backupId, gives: "nothing" },
    { title: "AGE", value: ({ point }) => age(new Date(point.createdAt), now), gives: 4 },
    ...nameColumn("HOST", ({ point }) => point.host, points, undefined),
    ...nameColumn("REPOSITORY", ({ point }) => point.repository, points, undefined),
    { title: "DATA", value: size("bytes"), align: "right", gives: 2 },
    { title: "STORED", value: size("storedBytes"), align: "right", gives: 1 },
    {
      title: "VERIFIED",
      value: ({ point }) =>
        point.verifiedAt === undefined ? "never" : ago(new Date(point.verifiedAt), now),
      gives: 3,
    },
    { title: "NOTES", value: notesOf },
  ];
}

/** What was asked for goes into the answer: nothing may be there at all, or only not of this. */
export function pointsText(
  points: readonly FoundPoint[],
  asked: { readonly unit?: string; readonly host?: string },
  { columns, now }: Look,
): string {
  if (points.length > 0) {
    return table(pointColumns(points, now), points, { paint: plain, columns }).join("\n");
  }
  const of = asked.unit === undefined ? "" : ` of ${asked.unit}`;
  const on = asked.host === undefined ? "" : ` on ${asked.host}`;
  return of + on === ""
    ? "No restore points yet: run stackhold backup."
    : `No restore points${of}${on}: stackhold list points --all-hosts shows all.`;
}

/** Of a machine whose first backup is yet to come. */
export function firstBackupText(places: readonly string[]): string {
  return `No backup has been made yet: the first makes ${places.join(", ")}.`;
}
