import { inspect } from "node:util";
import type { Answer } from "../cli/app.ts";
import type { StackholdError } from "../errors.ts";
import type { RunStatus } from "../events/event.ts";

/** How a command ended, for programs, for people and for the shell. */
export interface Ended extends Answer {
  readonly failed: boolean;
}

export function endedWith(answer: Answer): Ended {
  return { ...answer, failed: false };
}

/** It could write no more on stdout; what that means is said once, when the process ends. */
export const endedUnwritten: Ended = {
  document: null,
  text: "",
  exitCode: 0,
  printed: true,
  failed: false,
};

export function endedBy(error: StackholdError, options: { readonly verbose: boolean }): Ended {
  // Further lines of a message stand apart from ours.
  const lines = [`error: ${error.message.replace(/\n(?! )/g, "\n  ")}`];
  if (error.hint !== undefined) lines.push(`hint: ${error.hint}`);
  if (options.verbose && error.cause !== undefined) {
    lines.push(`cause: ${inspect(error.cause, { depth: 2 })}`);
  }
  const text = lines.join("\n");
  return { document: error.toDocument(), text, exitCode: error.exitCode, failed: true };
}

export function runStatus({ exitCode }: Pick<Ended, "exitCode">): RunStatus {
  if (exitCode === 0) return "succeeded";
  if (exitCode === 3) return "warning";
  return exitCode === 130 ? "cancelled" : "failed";
}
