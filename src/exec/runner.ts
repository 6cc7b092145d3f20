import { StackholdError } from "../errors.ts";
import type { Command, RunOptions } from "./command.ts";
import type { Environment } from "./environment.ts";
import { pipeline } from "./pipeline.ts";
import type { ProcessResult } from "./result.ts";
import { type Running, start } from "./start.ts";

export interface Runner {
  /** Resolves however the process ended; throws TOOL_MISSING, and CANCELLED before it starts. */
  run(command: Command, options?: RunOptions): Promise<ProcessResult>;
  /** The same with the process id at hand while it runs. */
  start(command: Command, options?: RunOptions): Promise<Running>;
  /**
   * Joins commands with each other; `stdin` goes to the first, `stdout` to the last, the
   * rest to all. Resolves with every stage's result once all have ended: a stage that fails fails
   * the stream, whatever the last one says.
   */
  pipeline(commands: readonly Command[], options?: RunOptions): Promise<ProcessResult[]>;
  /** Whether `diesWithParent` has an effect here. */
  canDieWithParent(): Promise<boolean>;
}

export interface RunnerDeps {
  /** Of this process; children see an allow-list of it. */
  readonly environment: Environment;
  /** Milliseconds of a clock that never jumps. */
  readonly monotonic: () => number;
}

/** prctl(2) PR_SET_PDEATHSIG survives execve(2); util-linux has it since 2.33. */
const deathSignal = ["setpriv", "--pdeathsig", "KILL", "--"];

export function createRunner(deps: RunnerDeps): Runner {
  const begin = (command: Command, options: RunOptions, prefix: readonly string[]): Running => {
    if (options.signal?.aborted === true) {
      throw new StackholdError("CANCELLED", `${command.program} was cancelled before it started`);
    }
    return start(command, options, { ...deps, prefix });
  };
  let probed: Promise<boolean> | undefined;
  const canDieWithParent = () => {
    probed ??= begin({ program: "true", args: [] }, {}, deathSignal).done.then(
      (result) => result.verdict === "success",
      () => false,
    );
    return probed;
  };
  const prefixFor = async (options: RunOptions) =>
    options.diesWithParent === true && (await canDieWithParent()) ? deathSignal : [];
  const startOne = async (command: Command, options: RunOptions = {}) =>
    begin(command, options, await prefixFor(options));
  return {
    start: startOne,
    run: async (command, options) => (await startOne(command, options)).done,
    pipeline: async (commands, options = {}) =>
      pipeline(commands, options, { ...deps, prefix: await prefixFor(options) }),
    canDieWithParent,
  };
}
