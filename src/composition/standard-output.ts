import { fstatSync, writeSync } from "node:fs";
import process from "node:process";
import type { Output } from "../cli/reporters/output.ts";
import { reasonOf, StackholdError } from "../errors.ts";

/** stdout, which tells in the end whether all of it arrived. */
export interface StandardOutput extends Output {
  /** Resolves when there is room for more, rejects with `failure()` once there is one. */
  send(chunk: string | Uint8Array): Promise<void>;
  /** Why no more is written: OUTPUT_UNWRITABLE, or CANCELLED when nobody reads it any longer. */
  failure(): StackholdError | undefined;
}

type Write = (chunk: string | Uint8Array, done: (error?: Error | null) => void) => void;

const readerGone = ["EPIPE", "ECONNRESET", "EIO"];
const descriptor = 1;
/** Exit code: done with warnings. */
const incomplete = 3;

function isReaderGone(error: Error): boolean {
  return "code" in error && readerGone.includes(String(error.code));
}

/** A file takes less than it was given when its disk becomes full, and says so only to the next write. */
function writeWhole(chunk: string | Uint8Array, done: (error?: Error) => void): void {
  let rest = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
    done();
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)));
  }
}

function isFile(): boolean {
  const stat = fstatSync(descriptor);
  return stat.isFile() || (stat.isCharacterDevice() && !process.stdout.isTTY);
}

function failureOf(error: Error): StackholdError {
  if (isReaderGone(error)) {
    return new StackholdError("CANCELLED", "nobody reads the output any more", { cause: error });
  }
  return new StackholdError(
    "OUTPUT_UNWRITABLE",
    `the output cannot be written: ${reasonOf(error)}`,
    { hint: "send it to a file on a disk with room, or to a pipe that is read", cause: error },
  );
}

export function createStandardOutput(): StandardOutput {
  let failure: StackholdError | undefined;
  const note = (error: Error) => {
    failure ??= failureOf(error);
    return failure;
  };
  // A stream says it both here and to the one that wrote.
  if (!isFile()) process.stdout.on("error", note);
  const stream: Write = (chunk, done) => process.stdout.write(chunk, done);
  const write: Write = isFile() ? writeWhole : stream;
  const send = (chunk: string | Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      if (failure !== undefined) reject(failure);
      else write(chunk, (error) => (error ? reject(note(error)) : resolve()));
    });
  return {
    isTTY: process.stdout.isTTY === true,
    get columns() {
      return process.stdout.columns;
    },
    write: (text) => void send(text).catch(() => {}),
    send,
    failure: () => failure,
  };
}

/**
 * The exit code once all is written. What nobody reads, as with `| head`, nobody misses. A run whose report is lost has done its work all the same, and
 * what went wrong before outranks the loss; a question whose answer is lost has failed.
 */
export async function exitCodeAfter(
  stdout: StandardOutput,
  { exitCode, isRun }: { readonly exitCode: number; readonly isRun: boolean },
): Promise<number> {
  await stdout.send("").catch(() => {});
  const failure = stdout.failure();
  if (failure === undefined || failure.code === "CANCELLED") return exitCode;
  const done = isRun ? "; the run itself went on to its end" : "";
  process.stderr.write(`error: ${failure.message}${done}\nhint: ${failure.hint}\n`);
  if (exitCode !== 0 && exitCode !== incomplete) return exitCode;
  return isRun ? incomplete : failure.exitCode;
}
