import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { searchPath } from "../paths.ts";
import { until } from "../processes.ts";

export interface Server extends AsyncDisposable {
  readonly pid: number;
  /** Ends it at once; what it holds open breaks. */
  stop(): Promise<void>;
}

const startMs = 30_000;

/** Starts a server on a port of 127.0.0.1 and waits until it takes connections. Dies with this process. */
export async function startServer(
  argv: readonly string[],
  port: number,
  env: NodeJS.ProcessEnv = {},
): Promise<Server> {
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", ...argv], {
    env: { ...process.env, ...env, PATH: searchPath() },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-4000);
    });
  }
  let failure: Error | undefined;
  child.on("error", (error) => (failure = error));
  const isOver = () => failure !== undefined || child.exitCode !== null;
  const isUp = await until(async () => isOver() || (await answers(port)), startMs);
  if (!isUp || isOver()) {
    await end(child);
    throw new Error(`${argv[0]} did not start: ${failure?.message ?? said}`);
  }
  const stop = () => end(child);
  return { pid: child.pid ?? 0, stop, [Symbol.asyncDispose]: stop };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const over = once(child, "exit");
  child.kill("SIGKILL");
  await over;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const settle = (does: boolean) => {
      socket.destroy();
      resolve(does);
    };
    socket.once("connect", () => settle(true)).once("error", () => settle(false));
  });
}
