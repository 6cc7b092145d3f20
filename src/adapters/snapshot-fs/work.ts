import type { Command, RunOptions } from "../../exec/command.ts";
import { parentMark } from "../../exec/orphans.ts";
import { type ProcessResult, requireSuccess } from "../../exec/result.ts";
import type { Runner } from "../../exec/runner.ts";
import { noSpace } from "../tar/errno.ts";
import { full } from "../tar/tar-messages.ts";

/**
 * Runs a program that must succeed: NO_SPACE, TOOL_FAILED, TOOL_MISSING or CANCELLED if not. It and
 * its own children carry a mark by which `sweep` ends what outlives a killed run.
 */
export async function work(
  runner: Runner,
  command: Command,
  signal?: AbortSignal,
  options: RunOptions = {},
): Promise<ProcessResult> {
  const result = await runner.run(command, {
    stdout: "capture",
    diesWithParent: true,
    environment: parentMark(),
    ...options,
    ...(signal === undefined ? {} : { signal }),
  });
  const isFull = result.verdict === "failure" && full.test(result.stderr);
  if (isFull && !result.cancelled) throw noSpace(`${command.program} cannot take a snapshot`);
  return requireSuccess(result);
}
