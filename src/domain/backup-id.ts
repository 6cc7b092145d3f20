/** The start of a run in UTC, to the second: sorts as text, is a file name on every system. */
const shape = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z$/;

export function formatBackupId(start: Date): string {
  return `${start.toISOString().slice(0, 19).replaceAll(":", "-")}Z`;
}

/** Undefined unless it is exactly what `formatBackupId` writes. */
export function parseBackupId(text: string): Date | undefined {
  const [, day, hours, minutes, seconds] = shape.exec(text) ?? [];
  if (day === undefined) return undefined;
  const time = new Date(`${day}T${hours}:${minutes}:${seconds}Z`);
  return Number.isNaN(time.getTime()) || formatBackupId(time) !== text ? undefined : time;
}

export function isBackupId(text: string): boolean {
  return parseBackupId(text) !== undefined;
}

export interface FreeBackupId {
  readonly backupId: string;
  /** Until the second it names begins; 0 for the current one. */
  readonly waitMs: number;
}

/** The first second from now on that no point has: a second run within the same one waits. */
export function nextBackupId(now: Date, isTaken: (backupId: string) => boolean): FreeBackupId {
  const current = Math.floor(now.getTime() / 1000) * 1000;
  for (let second = current; ; second += 1000) {
    const backupId = formatBackupId(new Date(second));
    if (!isTaken(backupId)) return { backupId, waitMs: Math.max(0, second - now.getTime()) };
  }
}
