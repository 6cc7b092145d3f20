import type { EntryType } from "../../domain/listing.ts";
import { relativeName, type StoredEntry } from "../../domain/stored-entry.ts";
import { unescapeName } from "./two-phase/index-line.ts";

/** How tar prints a table that can be read back: names quoted, so that no ` -> ` is ambiguous. */
export const tableFlags: readonly string[] = [
  ...["--list", "--verbose", "--full-time", "--utc"],
  ...["--quoting-style=c", "--numeric-owner", "--force-local"],
];

const quoted = '"((?:[^"\\\\]|\\\\.)*)"';
/** GNU tar 1.34, src/list.c, simple_print_header. */
const line = new RegExp(
  String.raw`^(.)([-rwxsStT]{9})\S? +(\d+)/(\d+) +(\d+)(?:,\d+)? (-?\d+-\d\d-\d\d \d\d:\d\d:\d\d|-?\d+)(?:\.(\d{1,9}))? +${quoted}(?: (->|link to) ${quoted})?`,
  "s",
);

const types: Readonly<Record<string, EntryType>> = {
  "-": "f",
  C: "f",
  h: "f",
  d: "d",
  l: "l",
  p: "p",
  b: "b",
  c: "c",
};

const bits = ["r", "w", "x"];

/** `rwsr-xr-T` as a number. */
export function modeOf(text: string): number {
  let mode = 0;
  for (const [index, letter] of [...text].entries()) {
    const isSet = letter === bits[index % 3] || letter === "s" || letter === "t";
    if (isSet) mode |= 1 << (8 - index);
    if (/[sStT]/.test(letter)) mode |= 0o4000 >> Math.floor(index / 3);
  }
  return mode;
}

function secondsOf(text: string): number {
  if (/^-?\d+$/.test(text)) return Number(text);
  const [date = "", clock = ""] = text.split(" ");
  const year = /^(-?)(\d+)(-\d\d-\d\d)$/.exec(date);
  const [, sign = "", digits = "", rest = ""] = year ?? [];
  const isUsual = sign === "" && digits.length === 4;
  const full = isUsual ? digits : `${sign || "+"}${digits.padStart(6, "0")}`;
  return Date.parse(`${full}${rest}T${clock}Z`) / 1000;
}

/**
 * Before 1970 tar prints what is left of a fraction to the next second (1.34 src/list.c, tartime);
 * a listing's fraction counts forward.
 */
function mtimeOf(seconds: number, fraction: string): string {
  if (seconds >= 0 || Number(fraction) === 0) return `${seconds}.${fraction}`;
  return `${seconds - 1}.${String(1_000_000_000 - Number(fraction)).padStart(9, "0")}`;
}

/** Undefined for what is no line of a table. */
export function parseTableLine(text: string): StoredEntry | undefined {
  const match = line.exec(text);
  const type = types[match?.[1] ?? ""];
  if (match === null || type === undefined) return undefined;
  const [letter, mode = "", uid, gid, size, time = "", fraction = "", name = "", how, other = ""] =
    match.slice(1);
  const led = unescapeName(other);
  return {
    type,
    mode: modeOf(mode),
    uid: Number(uid),
    gid: Number(gid),
    size: letter === "-" || letter === "C" ? Number(size) : 0,
    mtime: mtimeOf(secondsOf(time), fraction.padEnd(9, "0")),
    name: relativeName(unescapeName(name)),
    ...(how === "->" ? { target: led } : {}),
    ...(how === "link to" ? { hardLinkTo: relativeName(led) } : {}),
  };
}
