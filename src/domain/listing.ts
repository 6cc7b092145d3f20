/** As find prints it: directory, file, symbolic link, FIFO, block and character device, socket. */
export const entryTypes = ["d", "f", "l", "p", "b", "c", "s"] as const;
export type EntryType = (typeof entryTypes)[number];

/** One entry of a tree at the freeze; docs/format.md has the text form. */
export interface ListedEntry {
  readonly type: EntryType;
  /** With setuid, setgid and sticky bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of a regular file, else 0. */
  readonly size: number;
  /**
   * Whole seconds, a dot, and nine digits of nanoseconds that count forward from that second, also
   * before 1970: `-1.250000000` is three quarters of a second before it.
   */
  readonly mtime: string;
  /** Equal for all names of one file, counted from 1 in the order of the list; 0 for a lone name. */
  readonly link: number;
  /** Latin1, so that any bytes survive: `.` for the root, else `./…`. */
  readonly name: string;
}

const record =
  /^([dflpbcs]) ([0-7]{1,5}) (\d{1,10}) (\d{1,10}) (\d{1,16}) (-?\d{1,12}\.\d{9}) (\d{1,15}) (\.(?:\/[^\0]+)?)$/s;

/** A record without the NUL that ends it. */
export function formatListedEntry(entry: ListedEntry): string {
  const { type, mode, uid, gid, size, mtime, link, name } = entry;
  return `${type} ${mode.toString(8)} ${uid} ${gid} ${size} ${mtime} ${link} ${name}`;
}

/** Undefined for what is no record. The name may still lead anywhere: it is for looking up only. */
export function parseListedEntry(text: string): ListedEntry | undefined {
  const match = record.exec(text);
  const type = entryTypes.find((each) => each === match?.[1]);
  if (match === null || type === undefined) return undefined;
  const [mode = "", uid, gid, size, mtime = "", link, name = ""] = match.slice(2);
  return {
    type,
    mode: Number.parseInt(mode, 8),
    uid: Number(uid),
    gid: Number(gid),
    size: Number(size),
    mtime,
    link: Number(link),
    name,
  };
}

/** Nanoseconds since 1970 of a time as a listing has it. */
export function nanosecondsOf(mtime: string): bigint {
  const [seconds = "", fraction = ""] = mtime.split(".");
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction);
}

/** The order of a listing: by the bytes of the names, which latin1 has as its code units. */
export function compareNames(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
