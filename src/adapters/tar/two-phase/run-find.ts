import { StackholdError } from "../../../errors.ts";
import type { Command, RecordSink } from "../../../exec/command.ts";
import { describeEnd, stderrSummary } from "../../../exec/result.ts";
import type { Runner } from "../../../exec/runner.ts";
import type { Held } from "../hold.ts";
import { signalOf } from "../measure.ts";

/** find in the C locale: a directory that went between being found and being opened. */
const vanished = /^find: (.*): No such file or directory$/;
const mostNames = 1000;

/**
 * Runs find in a held tree. Returns names that vanished meanwhile; SOURCE_UNREADABLE unless all else
 * was seen.
 */
export async function runFind(
  runner: Runner,
  held: Held,
  command: Command,
  stdout: number | RecordSink,
  options: { readonly signal?: AbortSignal },
): Promise<readonly string[]> {
  const { path } = held.tree;
  const gone: string[] = [];
  let isSerious = false;
  const result = await runner.run(command, {
    cwd: held.directory,
    diesWithParent: true,
    stdout,
    ...signalOf(options),
    onStderrLine: (line) => {
      const name = vanished.exec(line)?.[1];
      if (name === undefined) isSerious ||= line !== "";
      else if (gone.length < mostNames) gone.push(name);
    },
  });
  if (result.cancelled) throw new StackholdError("CANCELLED", `listing ${path} was cancelled`);
  const isMoving = result.code === 1 && gone.length > 0 && !isSerious;
  if (result.verdict === "failure" && !isMoving) {
    throw new StackholdError(
      "SOURCE_UNREADABLE",
      `cannot list ${path}: find ${describeEnd(result)}: ${stderrSummary(result)}`,
    );
  }
  return gone;
}

/** What find prints of the root comes first, whatever happens. */
export function unlisted({ tree }: Held): StackholdError {
  return new StackholdError("SOURCE_UNREADABLE", `cannot list ${tree.path}: find printed nothing`);
}
