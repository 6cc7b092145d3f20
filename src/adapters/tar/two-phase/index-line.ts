/** A line of tar's index: what was really stored, and as what. */
export interface Stored {
  /** As find names types; `h` is a link to a name that was stored before. */
  readonly type: string;
  /** Bytes; of a device its numbers. */
  readonly size: string;
  /** UTC, `2026-11-20 02:00:00.5`; a fraction only where there is one. */
  readonly time: string;
  /** The name escaped, and what follows it: `/`, ` -> target`, ` link to name`. */
  readonly rest: string;
}

const line = /^(\S)\S+ +\S+ +(\S+) (.*?) +(\.\/.*)$/;
const dateAndFraction = /^(-?\d+)-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d+))?$/;

export function parseIndexLine(text: string): Stored | undefined {
  const match = line.exec(text);
  if (match === null) return undefined;
  const [, letter = "", size = "", time = "", rest = ""] = match;
  return { type: letter === "-" || letter === "C" ? "f" : letter, size, time, rest };
}

/** What follows the name, where this is the line of that name (latin1). */
export function restAfter(stored: Stored, name: string): string | undefined {
  const escaped = escapeName(name);
  if (!stored.rest.startsWith(escaped)) return undefined;
  const after = stored.rest.slice(escaped.length);
  if (stored.type === "d") return after === "/" ? after : undefined;
  if (stored.type === "l") return after.startsWith(leadsTo) ? after : undefined;
  if (stored.type === "h") return after.startsWith(linkTo) ? after : undefined;
  return after === "" ? after : undefined;
}

const linkTo = " link to ";
const leadsTo = " -> ";

/** The name that a hard link leads to, given what follows its own. */
export function linkTarget(after: string): string {
  return unescapeName(after.slice(linkTo.length));
}

/** What a symbolic link holds, given what follows its name. */
export function symbolicTarget(after: string): string {
  return unescapeName(after.slice(leadsTo.length));
}

/**
 * Whether tar printed this time of find's. Before 1970 tar prints what is left of a fraction to the
 * next second (1.34 src/list.c, tartime).
 */
export function isSameTime({ time }: Stored, mtime: string): boolean {
  const printed = dateAndFraction.exec(time);
  if (printed === null) return false;
  const [year, month, day, hour, minute, second] = printed.slice(1, 7).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year ?? 0, (month ?? 0) - 1, day);
  date.setUTCHours(hour ?? 0, minute, second);
  const dot = mtime.indexOf(".");
  const seconds = Number(mtime.slice(0, dot));
  const rest = Number(mtime.slice(dot + 1, dot + 10));
  const isBefore = seconds < 0 && rest !== 0;
  return (
    date.getTime() / 1000 === (isBefore ? seconds + 1 : seconds) &&
    Number((printed[7] ?? "").padEnd(9, "0")) === (isBefore ? 1_000_000_000 - rest : rest)
  );
}

/** `--quoting-style=escape` in the C locale: gnulib's quotearg, escape_quoting_style. */
const letters: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
};
const plain = Object.fromEntries(Object.entries(letters).map(([one, two]) => [two, one]));

export function escapeName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is escaped
  return name.replace(/[\x00-\x1f\\\x7f-\xff]/g, (byte) => {
    return letters[byte] ?? `\\${byte.charCodeAt(0).toString(8).padStart(3, "0")}`;
  });
}

/** In messages tar escapes colons too, and whatever else follows a backslash stands for itself. */
export function unescapeName(text: string): string {
  return text.replace(/\\(?:[0-7]{3}|.)/g, (escaped) => {
    const code = escaped.slice(1);
    if (code.length === 3) return String.fromCharCode(Number.parseInt(code, 8));
    return plain[escaped] ?? code;
  });
}
