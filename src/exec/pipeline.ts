import type { Readable } from "node:stream";
import { StackholdError } from "../errors.ts";
import type { Command, RunOptions } from "./command.ts";
import type { ProcessResult } from "./result.ts";
import { type Running, type StartContext, start } from "./start.ts";

/**
 * Starts the stages in one turn of the event loop and lets go of the pipes between them before it
 * ends: no byte is read here, and a stage whose reader dies cannot go on writing. (They are
 * sockets: a program cannot reopen them by /dev/stdin.)
 */
export function pipeline(
  commands: readonly Command[],
  options: RunOptions,
  context: StartContext,
): Promise<ProcessResult[]> {
  if (options.signal?.aborted === true) {
    throw new StackholdError("CANCELLED", "the programs were cancelled before they started");
  }
  const { stdin, stdout, ...common } = options;
  let joint: Readable | undefined;
  const stages: Running[] = commands.map((command, index) => {
    const isFirst = index === 0;
    const isLast = index === commands.length - 1;
    const input = joint;
    let output: Readable | undefined;
    const stage = start(
      command,
      {
        ...common,
        ...(isFirst && stdin !== undefined ? { stdin } : {}),
        ...(isLast && stdout !== undefined ? { stdout } : {}),
      },
      {
        ...context,
        ...(input === undefined ? {} : { stdin: input }),
        ...(isLast ? {} : { stdoutPipe: (pipe) => (output = pipe) }),
      },
    );
    input?.destroy();
    joint = output;
    return stage;
  });
  return Promise.all(stages.map((stage) => stage.done));
}
