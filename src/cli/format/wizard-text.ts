import { formatPart } from "../../domain/part.ts";
import type { ListedPoint } from "../../domain/point-results.ts";
import type { RestoreResult } from "../../domain/results.ts";
import { startOf } from "../../domain/select-point.ts";
import { counted } from "../../domain/text.ts";
import { bytes } from "../../events/amounts.ts";
import type { Choice } from "../prompts.ts";
import { age, ago } from "./age.ts";
import { createPaint } from "./paint.ts";
import { type Column, layOut } from "./table.ts";

/** Points of one unit on one host, newest first. */
export interface UnitPoints {
  readonly unit: string;
  readonly host: string;
  readonly points: readonly ListedPoint[];
}

/** The same point in all repositories that have it. */
export interface PointCopies {
  readonly backupId: string;
  /** The one to read: a whole one where there is one. */
  readonly point: ListedPoint;
  readonly repositories: readonly string[];
}

/** Rows under each other as columns, without titles. */
function choices<Row>(rows: readonly Row[], columns: Column<Row>[], room: number): Choice<Row>[] {
  const laid = layOut(columns, rows, { paint: createPaint(false), columns: room });
  return rows.map((value, index) => ({ value, label: laid.rows[index] ?? "" }));
}

function column<Row>(value: (row: Row) => string, gives?: Column<Row>["gives"]): Column<Row> {
  return { title: "", value, ...(gives === undefined ? {} : { gives }) };
}

/** Says what is not the same everywhere. */
function varying<Row>(rows: readonly Row[], value: (row: Row) => string): (row: Row) => string {
  return new Set(rows.map(value)).size > 1 ? value : () => "";
}

function oldOf(point: ListedPoint | undefined, now: Date): string {
  return point === undefined ? "" : `${age(new Date(startOf(point)), now)} old`;
}

export function unitChoices(
  units: readonly UnitPoints[],
  { now, room }: { readonly now: Date; readonly room: number },
): Choice<UnitPoints>[] {
  const columns: Column<UnitPoints>[] = [
    column(({ unit }) => unit),
    column(varying(units, ({ host }) => `of ${host}`)),
    column(({ points }) => `latest ${oldOf(points[0], now)}`, "nothing"),
    column(({ points }) => counted(new Set(points.map((one) => one.backupId)).size, "point"), 1),
  ];
  return choices(units, columns, room);
}

export function pointChoices(
  copies: readonly PointCopies[],
  { now, room }: { readonly now: Date; readonly room: number },
): Choice<PointCopies>[] {
  const columns: Column<PointCopies>[] = [
    column(({ backupId }) => backupId, "nothing"),
    column(({ point }) => oldOf(point, now), "nothing"),
    column(({ point }) => (point.status === "complete" ? bytes(point.bytes) : point.status), 3),
    column(
      varying(copies, ({ point }) => point.scope),
      2,
    ),
    column(
      ({ point: { verifiedAt } }) =>
        verifiedAt === undefined ? "never verified" : `verified ${ago(new Date(verifiedAt), now)}`,
      4,
    ),
    column(varying(copies, ({ repositories }) => `in ${repositories.join(", ")}`)),
    column(({ point }) => (point.pinned ? "pinned" : ""), 1),
  ];
  return choices(copies, columns, room);
}

type Part = RestoreResult["parts"][number];

export function partChoices(parts: readonly Part[], room: number): Choice<Part>[] {
  const columns: Column<Part>[] = [
    column((part) => formatPart(part)),
    column((part) => bytes(part.bytes), "nothing"),
    column((part) => counted(part.files, "entry", "entries"), 1),
  ];
  return choices(parts, columns, room);
}
