import { inspect } from "node:util";
import type { Answer } from "../cli/app.ts";
import type { StackholdError } from "../errors.ts";
import type { RunStatus } from "../events/event.ts";

/** How a command ended, for programs, for people and for the shell. */
export interface Ended extends Omit<Answer, "text"> {
  readonly text: string;
  readonly failed: boolean;
  /** What is behind an error, for the log. */
  readonly details?: readonly string[];
}

export function endedWith(answer: Answer, options: { readonly json: boolean }): Ended {
  return { ...answer, text: options.json ? "" : answer.text(), failed: false };
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
  const prefix = error.code === "CANCELLED" ? "" : "error: ";
  // Further lines of a message stand apart from ours.
  const lines = [`${prefix}${error.message.replace(/\n(?! )/g, "\n  ")}`];
  if (error.hint !== undefined) lines.push(`hint: ${error.hint}`);
  if (options.verbose && error.cause !== undefined) {
    lines.push(`cause: ${inspect(error.cause, { depth: 2 })}`);
  }
  const text = lines.join("\n");
  const details = causesOf(error);
  return { document: error.toDocument(), text, exitCode: error.exitCode, failed: true, details };
}

/** In the words of whoever failed first, down to the ground. */
function causesOf(error: Error): string[] {
  const { cause } = error;
  if (!(cause instanceof Error)) return [];
  const deeper = causesOf(cause);
  return error.message.includes(cause.message) ? deeper : [`cause: ${cause.message}`, ...deeper];
}

export function runStatus({ exitCode }: Pick<Ended, "exitCode">): RunStatus {
  if (exitCode === 0) return "succeeded";
  if (exitCode === 3) return "warning";
  return exitCode === 130 ? "cancelled" : "failed";
}
