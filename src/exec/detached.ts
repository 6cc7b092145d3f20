import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";

export interface DetachedOptions {
  /** Absolute path of the program. */
  readonly program: string;
  readonly args: readonly string[];
  /** Descriptor for stderr; nothing is kept where absent. */
  readonly stderr?: number;
  /** Told once when it ended, or could not be started. */
  readonly onEnd: (how: string) => void;
}

/** A process in a session of its own that outlives this one, joined to it by a pipe. */
export interface Detached {
  readonly pid: number | undefined;
  /** Resolves with the first line of its stdout, undefined when there is none. */
  readonly firstLine: Promise<string | undefined>;
  /** Resolves when it ended. */
  readonly ended: Promise<void>;
  /** Into its stdin; never throws. */
  write(text: string): void;
  /** Closes its stdin. */
  end(): void;
  /** While true, this process stays as long as that one; false at first. */
  keepWaiting(waiting: boolean): void;
  kill(): void;
}

/**
 * Starts it with this process's whole environment, because it may start this program again. Its
 * stdin reaches end of file when this process is gone, whatever other children live on: the pipe
 * is close-on-exec.
 */
export function spawnDetached(options: DetachedOptions): Detached {
  const child = spawn(options.program, [...options.args], {
    detached: true,
    stdio: ["pipe", "pipe", options.stderr ?? "ignore"],
  }) as ChildProcessByStdio<Writable, Readable, null>;
  const ended = new Promise<void>((resolve) => {
    const settle = (how: string) => {
      resolve();
      options.onEnd(how);
    };
    child.once("error", (error) => settle(error.message));
    child.once("exit", (code, signal) =>
      settle(signal === null ? `it exited with ${code}` : `it was ended by ${signal}`),
    );
  });
  const firstLine = new Promise<string | undefined>((resolve) => {
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const line = text.split("\n", 1)[0];
      if (text.includes("\n")) resolve(line);
    });
    child.stdout.once("close", () => resolve(undefined));
  });
  // A broken pipe is the end of the process, which `onEnd` tells.
  child.stdin.on("error", () => {});
  child.unref();
  for (const stream of [child.stdin, child.stdout]) unrefStream(stream);
  return {
    pid: child.pid,
    firstLine,
    ended,
    write: (text) => {
      if (child.stdin.writable) child.stdin.write(text);
    },
    end: () => {
      child.stdin.end();
    },
    keepWaiting: (waiting) => (waiting ? child.ref() : child.unref()),
    kill: () => {
      child.kill("SIGKILL");
    },
  };
}

/** Pipes of a child are sockets, which the stream types do not say. */
function unrefStream(stream: object): void {
  if ("unref" in stream && typeof stream.unref === "function") stream.unref();
}
