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
  /** `./a/b` in latin1, `./` for the root; empty unless names were asked for. */
  readonly name: string;
}

/** With everything that tells whether an entry changed. */
export interface DetailedEntry extends Entry {
  /** Equal as long as nothing about the entry changes, its content included. */
  readonly facts: string;
  /** Seconds, a dot and ten digits, which count forward from that second, before 1970 too. */
  readonly mtime: string;
  readonly ctime: string;
  /** Octal. */
  readonly mode: string;
  readonly uid: string;
  readonly gid: string;
  /** Bytes that are really there; no fact, because a file system allocates when it likes. */
  readonly allocated: number;
  /** As find printed it. */
  readonly record: string;
}

const brief = "%y %D:%i %n %s";
const detailed = `${brief} %T@ %C@ %m %U %G %b`;
/** The number of the field from which on a detailed record is a name, for sort(1) and cut(1). */
export const nameField = 11;

/** Lists a tree in NUL-separated records, parents before children; safety copies are left out. */
export function listCommand(path: string, withNames: boolean): Command {
  const name = withNames ? " ./%P" : " ";
  return {
    program: "find",
    args: [
      ...["-H", path, "-ignore_readdir_race"],
      ...["-name", safetyName, "-prune", "-o", "-printf", `${brief}${name}\\0`],
    ],
  };
}

/** The same with details, below a name in the current directory; `.` is `.` here. */
export function detailedListCommand(root: string): Command {
  const prune = ["-name", safetyName, "-prune", "-o"];
  return {
    program: "find",
    args: [root, "-ignore_readdir_race", ...prune, "-printf", `${detailed} %p\\0`],
  };
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

export function parseEntry(record: string): Entry {
  const [type = "", inode = "", links = "", bytes = ""] = record.split(" ", 4);
  const head = type.length + inode.length + links.length + bytes.length + 4;
  return { type, inode, links: Number(links), bytes: Number(bytes), name: record.slice(head) };
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
