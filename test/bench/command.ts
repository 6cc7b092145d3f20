import { spawn } from "node:child_process";
import { interruption } from "../support/interruption.ts";

export interface Timed {
  /** From its start to its end, as a shell would wait for it. */
  readonly ms: number;
  readonly stdout: string;
}

export interface CommandOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Told the process id at once. */
  readonly onStart?: (pid: number) => void;
}

const tailBytes = 2000;

/** Runs a program to its end; throws unless it exits 0. */
export function timed(argv: readonly string[], options: CommandOptions = {}): Promise<Timed> {
  interruption.throwIfAborted();
  const [program = "", ...args] = argv;
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(program, args, {
      ...(options.env === undefined ? {} : { env: options.env }),
      stdio: ["ignore", "pipe", "pipe"],
    });
    if (child.pid !== undefined) options.onStart?.(child.pid);
    let ms = 0;
    const text = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (chunk: string) => {
        text[name] += chunk;
      });
    }
    const end = () => child.kill("SIGTERM");
    interruption.addEventListener("abort", end);
    child.on("error", reject);
    child.on("exit", () => {
      ms = performance.now() - began;
    });
    child.on("close", (code) => {
      interruption.removeEventListener("abort", end);
      if (interruption.aborted) reject(interruption.reason);
      else if (code === 0) resolve({ ms, stdout: text.stdout });
      else {
        const said = `${text.stdout}${text.stderr}`.slice(-tailBytes);
        reject(new Error(`${argv.join(" ")}: exit ${code}\n${said}`));
      }
    });
  });
}

/** One line of bash that fails when any program of a pipeline does; `$1` and on are the arguments. */
export function shell(line: string, ...args: string[]): string[] {
  return ["bash", "-c", `set -o pipefail; ${line}`, "bash", ...args];
}
