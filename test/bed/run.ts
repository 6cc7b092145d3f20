import { spawn } from "node:child_process";
import { searchPath } from "./paths.ts";

export type RunOptions = {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  input?: string;
  /** Resolve with the exit code instead of throwing when it is not 0. */
  allowFailure?: boolean;
  /** The program is killed and the call fails after this time. */
  timeoutMs?: number;
};

export type RunResult = { code: number; stdout: string; stderr: string };

export class RunError extends Error {
  readonly code: number;
  /** The line that tells most, for a message about something larger: apt's first error, else the last. */
  readonly line: string;

  constructor(argv: readonly string[], result: RunResult, reason: string) {
    const tail = (result.stderr.trim() || result.stdout.trim()).split("\n").slice(-15).join("\n");
    super(`${argv.join(" ")}: ${reason}${tail ? `\n${tail}` : ""}`);
    this.name = "RunError";
    this.code = result.code;
    this.line = /^E: .*/m.exec(tail)?.[0] ?? tail.slice(tail.lastIndexOf("\n") + 1);
  }
}

/** Runs a program to its end, without a shell. Throws a `RunError` unless it exits 0 or `allowFailure` is set. */
export function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const [program, ...args] = argv;
  if (program === undefined) throw new RangeError("run needs a program");
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...(options.env ?? process.env), PATH: searchPath(options.env) },
      timeout: options.timeoutMs,
      killSignal: "SIGKILL",
      stdio: ["pipe", "pipe", "pipe"],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.stdin.on("error", () => {}); // a program that does not read its input closes the pipe
    child.stdin.end(options.input ?? "");
    child.on("error", (cause) => reject(new Error(`${program}: ${cause.message}`, { cause })));
    child.on("close", (code, signal) => {
      const result = {
        code: code ?? -1,
        stdout: Buffer.concat(out).toString(),
        stderr: Buffer.concat(err).toString(),
      };
      if (code === 0 || (options.allowFailure && signal === null)) resolve(result);
      else reject(new RunError(argv, result, signal ? `ended by ${signal}` : `exit ${code}`));
    });
  });
}
