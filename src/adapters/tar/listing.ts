import { StackholdError } from "../../errors.ts";
import type { Command } from "../../exec/command.ts";
import type { ProcessResult } from "../../exec/result.ts";
import { describeEnd, stderrSummary } from "../../exec/result.ts";
import { safetyName } from "./flags.ts";

export interface Entry {
  /** As find prints it: d, f, l, p, b, c, s. */
  readonly type: string;
  /** `device:inode`, equal for the names of one file. */
  readonly inode: string;
  readonly links: number;
  readonly bytes: number;
  /** Bytes that are really there. */
  readonly allocated: number;
  /** `./a/b` in latin1, `.` for the root; empty unless names were asked for. */
  readonly name: string;
}

/** With everything that tells whether an entry changed. */
export interface DetailedEntry extends Entry {
  /**
   * Equal as long as nothing about the entry changes, its content included. What is allocated is
   * none of them: a file system allocates when it likes.
   */
  readonly facts: string;
  /** Seconds, a dot and ten digits, which count forward from that second, before 1970 too. */
  readonly mtime: string;
  readonly ctime: string;
  /** Octal. */
  readonly mode: string;
  readonly uid: string;
  readonly gid: string;
  /** As find printed it. */
  readonly record: string;
}

const brief = "%y %D:%i %n %s %b";
const detailed = "%y %D:%i %n %s %T@ %C@ %m %U %G %b";
/** The number of the field from which on a detailed record is a name, for sort(1) and cut(1). */
export const nameField = 11;

/**
 * PATH_MAX is 4,096 with the closing NUL, and tar sets attributes through `/proc/self/fd/<n>/<name>`,
 * which it loses in silence where that is longer.
 */
const longestName = 4064;
const tooLongMark = "! ";

/** Lists what is below a name in the current directory, parents before children; `.` is `.` here. */
export function listCommand(root: string, withNames: boolean): Command {
  return findCommand([root], `${brief} ${withNames ? "%p" : ""}`);
}

/** The same with details and names; directories named in `without` are left out with all below. */
export function detailedListCommand(
  roots: readonly string[],
  without: readonly string[] = [],
): Command {
  return findCommand(roots, `${detailed} %p`, without);
}

/** NUL-separated records. Safety copies are left out; of a name that is too long little is told. */
function findCommand(
  roots: readonly string[],
  format: string,
  without: readonly string[] = [],
): Command {
  const isSafety = ["-name", safetyName, "-prune"];
  const isTooLong = ["-path", namesTooLong, "-prune", "-printf", `${tooLongMark}%y %p\\0`];
  const tests = [...isSafety, "-o", ...isTooLong, "-o", "-printf", `${format}\\0`];
  const args = [...roots, "-ignore_readdir_race", ...leaveOut(without), ...tests];
  return { program: "find", args };
}

/**
 * find puts tests of names before all others unless something with an effect stands between: names
 * are compared for directories only (findutils 4.9 find/tree.c, opt_expr).
 */
function leaveOut(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const either = names.flatMap((name, index) => [
    ...(index === 0 ? [] : ["-o"]),
    ...["-path", name.replace(/[\\*?[]/g, "\\$&")],
  ]);
  return ["-type", "d", "-printf", "", "(", ...either, ")", "-prune", "-o"];
}

/** What find and tar match with the names that are too long, below the root of a tree. */
export const namesTooLong = `${"?".repeat(longestName + 1)}*`;

export function isTooLong(name: string): boolean {
  return name.length > longestName;
}

export function isOfTooLong(record: string): boolean {
  return record.startsWith(tooLongMark);
}

export function parseTooLong(record: string): Pick<Entry, "type" | "name"> {
  return { type: record.slice(2, 3), name: record.slice(4) };
}

/** Whether its content may have other names, in the tree or elsewhere. */
export function mayShare({ type, links }: Pick<Entry, "type" | "links">): boolean {
  return links > 1 && type !== "d";
}

export interface Parsed<T> {
  readonly entries: readonly T[];
  /** With everything below them. */
  readonly tooLong: readonly Pick<Entry, "type" | "name">[];
}

export function parseRecords<T>(
  records: readonly string[],
  parse: (record: string) => T,
): Parsed<T> {
  const [entries, tooLong]: [T[], Pick<Entry, "type" | "name">[]] = [[], []];
  for (const record of records) {
    if (!isOfTooLong(record)) entries.push(parse(record));
    else tooLong.push(parseTooLong(record));
  }
  return { entries, tooLong };
}

export function parseDetailed(record: string): DetailedEntry {
  const fields = record.split(" ", nameField - 1);
  const [type = "", inode = "", links, bytes, mtime = "", ctime = "", mode = ""] = fields;
  const [uid = "", gid = "", blocks = ""] = fields.slice(7);
  const head = fields.reduce((length, field) => length + field.length + 1, 0);
  return {
    ...{ type, inode, links: Number(links), bytes: Number(bytes), mtime, ctime, mode, uid, gid },
    facts: record.slice(0, head - blocks.length - 2),
    allocated: Number(blocks) * 512,
    name: record.slice(head),
    record,
  };
}

/** The name alone. */
export function nameOf(record: string): string {
  let head = 0;
  for (let field = 1; field < nameField; field += 1) head = record.indexOf(" ", head) + 1;
  return record.slice(head);
}

export function parseEntry(record: string): Entry {
  const fields = record.split(" ", 5);
  const [type = "", inode = "", links, bytes, blocks] = fields;
  const head = fields.reduce((length, field) => length + field.length + 1, 0);
  return {
    ...{ type, inode, links: Number(links), bytes: Number(bytes) },
    allocated: Number(blocks) * 512,
    name: record.slice(head),
  };
}

/** What an archive of a regular file holds of its content: no holes. */
export function contentOf({ bytes, allocated }: Pick<Entry, "bytes" | "allocated">): number {
  // A small file may lie within its inode and occupy nothing.
  return Math.min(bytes, allocated + 4096);
}

/** `isMoving`: names that come and go while find reads them (its exit code 1) are no failure. */
export function requireListing(result: ProcessResult, path: string, isMoving: boolean): void {
  if (result.verdict !== "failure") return;
  if (isMoving && result.code === 1) return;
  if (result.cancelled) throw new StackholdError("CANCELLED", `listing ${path} was cancelled`);
  throw new StackholdError(
    "SOURCE_UNREADABLE",
    `cannot list ${path}: find ${describeEnd(result)}: ${stderrSummary(result)}`,
  );
}
