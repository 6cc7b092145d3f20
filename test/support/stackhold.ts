import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const bundle = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** What stays up, and what does not, has tests of its own; the others need not wait. */
const impatient = { STACKHOLD_BACKUP_STAY_UP: "0" };

export interface Finished {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The document of `--json`. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read documents of many shapes
  json(): any;
  /** The events of `--events`. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read events of many shapes
  events(): any[];
}

export interface Started {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves when the text appears on stdout or stderr; rejects when the program ends without it. */
  seen(text: string | RegExp): Promise<void>;
}

/** Starts the built program as a user would. */
export function startStackhold(
  args: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string | undefined>>;
    readonly input?: string;
    /** Put before the program: setpriv with its options. */
    readonly prefix?: readonly string[];
  } = {},
): Started {
  const [program = "", ...rest] = [...(options.prefix ?? []), process.execPath, bundle, ...args];
  const child = spawn(program, rest, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...impatient, ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(options.input ?? "");
  const text = { stdout: "", stderr: "" };
  const listeners = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (chunk: string) => {
      text[name] += chunk;
      for (const listener of listeners) listener();
    });
  }
  const finished = new Promise<Finished>((resolve) => {
    child.once("close", (code) =>
      resolve({
        code,
        ...text,
        json: () => JSON.parse(text.stdout),
        events: () =>
          text.stdout
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line)),
      }),
    );
  });
  const seen = (wanted: string | RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        const all = text.stdout + text.stderr;
        if (typeof wanted === "string" ? !all.includes(wanted) : !wanted.test(all)) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
      void finished.then(() =>
        reject(new Error(`the program ended without ${wanted}: ${text.stdout}${text.stderr}`)),
      );
    });
  return { process: child, finished, seen };
}
