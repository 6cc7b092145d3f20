import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { searchPath } from "../test/bed/paths.ts";

/** A program at work beside the demo. */
export interface Child {
  /** Both of its streams so far. */
  output(): string;
  /** Resolves when its output matches; rejects when it ends before. */
  seen(pattern: RegExp): Promise<void>;
  /** Resolves at its end, whatever its exit code. */
  readonly ended: Promise<void>;
}

export function startChild(argv: readonly string[], env: NodeJS.ProcessEnv): Child {
  const [program = "", ...args] = argv;
  const child = spawn(program, args, {
    env: { ...env, PATH: searchPath(env) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  const changes = new EventEmitter();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      changes.emit("change");
    });
  }
  let isOver = false;
  const ended = new Promise<void>((resolve) => {
    child.on("error", (error) => (text += `${error.message}\n`));
    child.on("close", () => {
      isOver = true;
      changes.emit("change");
      resolve();
    });
  });
  const seen = async (pattern: RegExp) => {
    while (!pattern.test(text)) {
      if (isOver) throw new Error(`${argv.join(" ")} ended early: ${lastLine(text)}`);
      await once(changes, "change");
    }
  };
  return { output: () => text, seen, ended };
}

/** Runs a program with our terminal as its own, to its end also when the signal asks it to end. */
export function runInSight(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<number> {
  const [program = "", ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: "inherit" });
    const end = () => child.kill("SIGTERM");
    signal.addEventListener("abort", end);
    child.on("error", reject);
    child.on("close", (code) => {
      signal.removeEventListener("abort", end);
      resolve(code ?? 1);
    });
  });
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";
