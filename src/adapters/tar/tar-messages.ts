import { StackholdError } from "../../errors.ts";
import { describeEnd, type ProcessResult } from "../../exec/result.ts";
import { noSpace } from "./errno.ts";

/** tar's sentences in the C locale, GNU tar 1.34: src/create.c, src/misc.c, src/buffer.c. */
const moved =
  /^tar: (.*): (?:file changed as we read it|File removed before we read it|File shrank by \d+ bytes?; padding with zeros)$/;
/**
 * The last three: it became a link, or a socket, or is none any more, between two looks of tar's.
 * Only a warning where the entry was opened and its attributes are asked for by name.
 */
const vanished =
  /^tar: (.*)(?<!: Warning): (?:Warning: )?Cannot (?:[a-z_]+: (?:No such file or directory|Not a directory|Too many levels of symbolic links)|open: No such device or address|readlink: Invalid argument)$/;
const harmless =
  /^tar: .*: (?:socket ignored|door ignored|file is unchanged; not dumped|file is the archive; not dumped)$/;
const closing = /^tar: Exiting with failure status due to previous errors$/;
/** Of coreutils and btrfs too: the C library's. */
export const full = /No space left on device|Disk quota exceeded/;
/** tar says no more about a full disk than this; a compressor that is gone brings it about too. */
const shortWrite = /^tar: .*: Wrote only \d+ of \d+ bytes$/;
const child = /^tar: Child (?:returned status|died with signal) /;
const childMissing = /^tar: Child returned status 127$/;
const fatal = /^tar: (?:Child returned status \d+|Error is not recoverable: exiting now)$/;

const mostNames = 1000;
const mostLines = 5;

/** Reads tar's stderr line by line while it works, in bounded memory. */
export interface Complaints {
  add(line: string): void;
  readonly moved: readonly string[];
  readonly vanished: readonly string[];
  /** Everything that is neither harmless nor about a tree in motion. */
  readonly serious: readonly string[];
  readonly isFull: boolean;
  /** The shell that tar starts found no such program. */
  readonly lacksCompressor: boolean;
}

export function collectComplaints(): Complaints {
  const complaints = { moved: [] as string[], vanished: [] as string[], serious: [] as string[] };
  let isFull = false;
  const keep = (list: string[], text: string, most: number) => {
    if (list.length < most) list.push(text);
  };
  return {
    ...complaints,
    get isFull() {
      const { serious } = complaints;
      const isShort = serious.some((line) => shortWrite.test(line));
      return isFull || (isShort && !serious.some((line) => child.test(line)));
    },
    get lacksCompressor() {
      return complaints.serious.some((line) => childMissing.test(line));
    },
    add(line) {
      if (full.test(line)) isFull = true;
      const movedName = moved.exec(line)?.[1];
      const vanishedName = vanished.exec(line)?.[1];
      if (movedName !== undefined) keep(complaints.moved, movedName, mostNames);
      else if (vanishedName !== undefined) keep(complaints.vanished, vanishedName, mostNames);
      else if (line !== "" && !harmless.test(line) && !closing.test(line)) {
        keep(complaints.serious, line, fatal.test(line) ? mostLines + 4 : mostLines);
      }
    },
  };
}

/**
 * The names that moved while they were read, or an error. Exit 2 is no failure only where every
 * complaint is about a listed name that has vanished since.
 */
export function judgeCreation(
  result: ProcessResult,
  complaints: Complaints,
  context: { readonly source: string; readonly target: string; readonly isListed: boolean },
): readonly string[] {
  if (result.cancelled) {
    throw new StackholdError("CANCELLED", `archiving ${context.source} was cancelled`);
  }
  const names = [...complaints.moved, ...complaints.vanished];
  const onlyVanished = complaints.serious.length === 0 && names.length > 0;
  if (result.code === 0) return names;
  if (result.code === 1) return names.length > 0 ? names : complaints.serious;
  if (result.code === 2 && context.isListed && onlyVanished) return names;
  if (complaints.isFull) throw noSpace(`cannot write ${context.target}`);
  if (complaints.lacksCompressor) throw missingCompressor();
  throw failedCreation(result, complaints, context);
}

export function missingCompressor(): StackholdError {
  return new StackholdError("TOOL_MISSING", "tar cannot find the program that compresses", {
    hint: "apt-get install zstd gzip",
  });
}

function failedCreation(
  result: ProcessResult,
  complaints: Complaints,
  context: { readonly source: string; readonly target: string },
): StackholdError {
  const unreadable = [
    ...complaints.serious.filter((line) => !fatal.test(line)),
    ...complaints.vanished.map((name) => `${name} is not there`),
  ].slice(0, mostLines);
  const said = unreadable.length > 0 ? unreadable : complaints.serious;
  const detail = said.length === 0 ? "" : `: ${said.join("; ")}`;
  const isSource = result.code === 2 && /: Cannot (?!write)|: Read error/.test(detail);
  return isSource || complaints.vanished.length > 0
    ? new StackholdError("SOURCE_UNREADABLE", `cannot read all of ${context.source}${detail}`)
    : new StackholdError(
        "TOOL_FAILED",
        `archiving ${context.source} to ${context.target}: tar ${describeEnd(result)}${detail}`,
      );
}
