import { StackholdError } from "../errors.ts";
import { parseBackupId } from "./backup-id.ts";
import type { PointStatus } from "./point-results.ts";

export interface SelectablePoint {
  readonly backupId: string;
  /** RFC 3339; needed where the id is no time, as of points that others wrote. */
  readonly createdAt?: string;
  /** Only complete points are chosen by `latest` or by a time; one named by its id always is. */
  readonly status?: PointStatus;
}

const day = /^(\d{4})-(\d\d)-(\d\d)$/;
const minute = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)$/;
const rfc3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/**
 * The point that `--at` means: `latest`, a backup id, or a time, for which it is the newest point
 * not after it. Times without a zone are UTC, as backup ids are; a day and a minute are whole.
 */
export function resolvePoint<P extends SelectablePoint>(at: string, points: readonly P[]): P {
  const named = points.find((point) => point.backupId === at);
  if (named !== undefined) return named;
  if (parseBackupId(at) !== undefined) throw unknownPoint(`there is no point ${at}`, points);

  const until = at === "latest" ? Number.POSITIVE_INFINITY : lastInstant(at);
  const usable = points.filter((point) => (point.status ?? "complete") === "complete");
  const candidates = usable.filter((point) => startOf(point) <= until).sort(newestFirst);
  const [newest] = candidates;
  if (newest !== undefined) return newest;
  if (at !== "latest") throw unknownPoint(`no point is as old as ${at}`, points);
  if (points.length === 0) throw unknownPoint("there is no point", points);
  throw new StackholdError("UNKNOWN_POINT", "no point is complete", {
    hint: `${shownIds(points)}: \`stackhold verify\` says what is wrong`,
  });
}

export function newestFirst(a: SelectablePoint, b: SelectablePoint): number {
  const [startA, startB] = [startOf(a), startOf(b)];
  if (startA !== startB) return startA < startB ? 1 : -1;
  return a.backupId < b.backupId ? 1 : a.backupId > b.backupId ? -1 : 0;
}

/** When a point was made, whatever became of its manifest: its id says it, else what is told of it. */
export function startOf({ backupId, createdAt }: SelectablePoint): number {
  const start = parseBackupId(backupId)?.getTime() ?? Date.parse(createdAt ?? "");
  return Number.isNaN(start) ? Number.POSITIVE_INFINITY : start;
}

function lastInstant(at: string): number {
  const [, date, clock] = minute.exec(at) ?? [];
  const iso = day.test(at)
    ? `${at}T23:59:59.999Z`
    : date !== undefined
      ? `${date}T${clock}:59.999Z`
      : rfc3339.test(at)
        ? at.replace(" ", "T").toUpperCase()
        : undefined;
  const instant = iso === undefined ? Number.NaN : new Date(iso).getTime();
  if (Number.isNaN(instant) || isOverflowingDay(at)) {
    throw new StackholdError("USAGE", `"${at}" names no point`, {
      hint: "write latest, a backup id, or a time such as 2026-11-20, 2026-11-20 02:00 or 2026-11-20T02:00:00Z",
    });
  }
  return instant;
}

/** `Date` takes 30 February for 2 March. */
function isOverflowingDay(at: string): boolean {
  const date = at.slice(0, 10);
  return new Date(`${date}T00:00:00Z`).toISOString().slice(0, 10) !== date;
}

function unknownPoint(message: string, points: readonly SelectablePoint[]): StackholdError {
  return new StackholdError("UNKNOWN_POINT", message, {
    hint:
      points.length === 0
        ? "nothing is stored yet: run a backup"
        : `${isOrAre(points)} ${shownIds(points)}`,
  });
}

function isOrAre(points: readonly SelectablePoint[]): string {
  return new Set(points.map(({ backupId }) => backupId)).size === 1 ? "there is" : "there are";
}

function shownIds(points: readonly SelectablePoint[]): string {
  const ids = [...new Set([...points].sort(newestFirst).map((point) => point.backupId))];
  const more = ids.length > 5 ? ` and ${ids.length - 5} older` : "";
  return `${ids.slice(0, 5).join(", ")}${more}`;
}
