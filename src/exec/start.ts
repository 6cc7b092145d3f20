import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { StackholdError } from "../errors.ts";
import { boundedCollector, type Collector, tailCollector } from "./collector.ts";
import type { Command, RecordSink, RunOptions } from "./command.ts";
import { childEnvironment, type Environment } from "./environment.ts";
import { recordSplitter } from "./records.ts";
import { meaningOf, type ProcessResult } from "./result.ts";
import { type Termination, watchTermination } from "./termination.ts";

export interface Running {
  /** Undefined when it did not start. */
  readonly pid: number | undefined;
  /** Rejects with TOOL_MISSING when the program is not there; else never for how it ended. */
  readonly done: Promise<ProcessResult>;
}

export interface StartContext {
  readonly environment: Environment;
  readonly monotonic: () => number;
  /** Put before the command, e.g. setpriv with its options. */
  readonly prefix: readonly string[];
  readonly stdin?: Readable;
  readonly stdoutPipe?: (stdout: Readable) => void;
}

const drainMs = 250;
const stderrLimit = 64 * 1024;
const stdoutLimit = 16 * 1024 * 1024;

/** Starts one process in a group of its own. */
export function start(command: Command, options: RunOptions, context: StartContext): Running {
  const startedAt = context.monotonic();
  const argv = [...context.prefix, command.program, ...command.args];
  const child = spawn(argv[0] ?? command.program, argv.slice(1), spawnOptions(options, context));
  const ending = watchTermination(child, { graceMs: 5000, ...options });
  const stdout = boundedCollector(options.stdoutLimit ?? stdoutLimit, command.program);
  const stderr = tailCollector(stderrLimit);
  if (typeof options.stdin === "string" || options.stdin instanceof Uint8Array) {
    child.stdin?.on("error", ignoreClosedPipe);
    child.stdin?.end(options.stdin);
  }
  if (child.stdout !== null) context.stdoutPipe?.(child.stdout);
  const pipes = { letGo: false };
  if (options.leadsGroup === true) child.once("exit", () => void letGo(child, ending, pipes));
  const read = Promise.all([
    readStdout(child, options, stdout, ending),
    readStderr(child, stderr, options),
  ]).catch((failure: unknown) => {
    if (!pipes.letGo) throw failure;
  });
  const done = (async (): Promise<ProcessResult> => {
    const end = await wholeEnd(child, command, options, ending);
    if (end.failure === undefined) await read;
    if (end.code === absent && context.prefix.length > 0 && isPrefixSpeaking(stderr, context)) {
      throw missing(command.program, undefined);
    }
    const stopped = ending.cancelled || ending.timedOut;
    return {
      program: command.program,
      code: end.code,
      signal: end.signal,
      verdict: stopped ? "failure" : meaningOf(end.code, options.meaning),
      cancelled: ending.cancelled,
      timedOut: ending.timedOut,
      spawnFailed: end.failure !== undefined,
      stdout: stdout.bytes(),
      stderr: end.failure ?? stderr.bytes().toString("utf8"),
      durationMs: context.monotonic() - startedAt,
    };
  })();
  done.catch(() => {});
  read.catch(() => {});
  return { pid: child.pid, done };
}

function spawnOptions(options: RunOptions, context: StartContext): SpawnOptions {
  const { stdin, stdout } = options;
  const input = typeof stdin === "number" ? stdin : stdin === undefined ? "ignore" : "pipe";
  const piped = stdout !== undefined || context.stdoutPipe !== undefined;
  const output = typeof stdout === "number" ? stdout : piped ? "pipe" : "ignore";
  return {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    detached: true,
    stdio: [context.stdin ?? input, output, "pipe"],
    env: childEnvironment(context.environment, {
      ...(options.engine === undefined ? {} : { engine: options.engine }),
      ...(options.environment === undefined ? {} : { extra: options.environment }),
    }),
  };
}

async function wholeEnd(
  child: ChildProcess,
  command: Command,
  options: RunOptions,
  ending: Termination,
): Promise<End> {
  try {
    const end = await ended(child, command, options.cwd);
    if (options.leadsGroup === true) await ending.groupEnd();
    return end;
  } finally {
    ending.settle();
  }
}

/** What it printed last is read; who else holds its output is not waited for. */
async function letGo(child: ChildProcess, ending: Termination, pipes: { letGo: boolean }) {
  await ending.groupEnd();
  ending.settle();
  await delay(drainMs, undefined, { ref: false });
  pipes.letGo = true;
  child.stdout?.destroy();
  child.stderr?.destroy();
}

interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly failure?: string;
}

function ended(child: ChildProcess, command: Command, cwd: string | undefined): Promise<End> {
  return new Promise((resolve, reject) => {
    child.on("error", (cause: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return;
      const isPlaceMissing = cwd !== undefined && !existsSync(cwd);
      if (cause.code === "ENOENT" && !isPlaceMissing) reject(missing(command.program, cause));
      else resolve({ code: null, signal: null, failure: cause.message });
    });
    child.on("close", (code, signal) => resolve({ code, signal }));
  });
}

/** Exit code of setpriv, env and the like for "no such program". */
const absent = 127;

function isPrefixSpeaking(stderr: Collector, context: StartContext): boolean {
  return stderr.bytes().toString("latin1").startsWith(`${context.prefix[0]}:`);
}

function missing(program: string, cause: unknown): StackholdError {
  return new StackholdError("TOOL_MISSING", `the program "${program}" is not there`, {
    hint: `install ${program}, or see to it that it is on PATH`,
    cause,
  });
}

async function readStdout(
  child: ChildProcess,
  options: RunOptions,
  collected: Collector,
  ending: Termination,
): Promise<void> {
  const { stdout } = options;
  if (child.stdout === null || stdout === undefined || typeof stdout === "number") return;
  try {
    if (stdout === "capture") for await (const chunk of child.stdout) collected.add(chunk);
    else if ("onBytes" in stdout)
      for await (const chunk of child.stdout) await stdout.onBytes(chunk);
    else await readRecords(child.stdout, stdout);
  } catch (failure) {
    ending.end();
    throw failure;
  }
}

async function readRecords(stream: Readable, sink: RecordSink): Promise<void> {
  const splitter = recordSplitter(sink.separator);
  for await (const chunk of stream) {
    const records = splitter.push(chunk);
    if (records.length > 0) await sink.onRecords(records);
  }
  const rest = splitter.rest();
  const [last] = rest;
  if (last !== undefined && sink.onRest !== undefined) sink.onRest(last);
  else if (last !== undefined) await sink.onRecords(rest);
}

async function readStderr(
  child: ChildProcess,
  tail: Collector,
  { onStderrLine: onLine, returnsEndLines }: RunOptions,
): Promise<void> {
  if (child.stderr === null) return;
  const end = returnsEndLines === true ? /[\r\n]/ : "\n";
  let carried = "";
  for await (const chunk of child.stderr) {
    tail.add(chunk);
    if (onLine === undefined) continue;
    const lines = (carried + chunk.toString("latin1")).split(end);
    carried = (lines.pop() ?? "").slice(-stderrLimit);
    for (const line of lines) onLine(line);
  }
  if (onLine !== undefined && carried !== "") onLine(carried);
}

function ignoreClosedPipe(): void {
  // A program that does not read its input to the end closes the pipe: its exit code tells.
}
