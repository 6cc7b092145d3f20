import type { Environment } from "./environment.ts";
import type { ExitMeaning } from "./result.ts";

export interface Command {
  /** Found on PATH, or an absolute path. Never a shell line. */
  readonly program: string;
  readonly args: readonly string[];
}

/** A stream of records, in batches; the process waits while the consumer works on one. */
export interface RecordSink {
  readonly separator: "\n" | "\0";
  /** Latin1 strings: bytes that are not UTF-8 survive. What it throws ends the process. */
  readonly onRecords: (records: readonly string[]) => void | Promise<void>;
  /** Gets what follows the last separator, if anything; where absent that is one more record. */
  readonly onRest?: (rest: string) => void;
}

/** The bytes as they come; the process waits while the consumer works. What it throws ends it. */
export interface ByteSink {
  readonly onBytes: (bytes: Uint8Array) => void | Promise<void>;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Added to the allow-list, see `childEnvironment`. */
  readonly environment?: Environment;
  /** Passes DOCKER_* on. */
  readonly engine?: boolean;
  /** Text, bytes or a file descriptor; nothing where absent. */
  readonly stdin?: string | Uint8Array | number;
  /** Kept in the result (bounded), a file descriptor, records or bytes; nothing where absent. */
  readonly stdout?: "capture" | number | RecordSink | ByteSink;
  /** For `capture`; a program that prints more is ended and fails. Default 16 MiB. */
  readonly stdoutLimit?: number;
  readonly onStderrLine?: (line: string) => void;
  /** A carriage return ends a line as well: for programs that write over what they said. */
  readonly returnsEndLines?: boolean;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Between TERM and KILL; default 5 s. */
  readonly graceMs?: number;
  readonly meaning?: ExitMeaning;
  /**
   * For programs that start others: the end of the first one is the end, though others hold its
   * output; when it is ended, so is all of its process group.
   */
  readonly leadsGroup?: boolean;
  /** The kernel kills it when this process dies, however it dies (where setpriv is installed). */
  readonly diesWithParent?: boolean;
}
