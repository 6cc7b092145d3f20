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

/** Lists a tree in NUL-separated records, parents before children; safety copies are left out. */
export function listCommand(path: string, withNames: boolean): Command {
  const name = withNames ? " ./%P" : " ";
  return {
    program: "find",
    args: [
      ...["-H", path, "-ignore_readdir_race"],
      ...["-name", safetyName, "-prune", "-o", "-printf", `%y %D:%i %n %s${name}\\0`],
    ],
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
