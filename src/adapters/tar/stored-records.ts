import { open } from "node:fs/promises";
import { isErrorCode, messageOf, StackholdError } from "../../errors.ts";
import type { RunOptions } from "../../exec/command.ts";
import { describeEnd, type ProcessResult, stderrSummary } from "../../exec/result.ts";
import type { Activity } from "../../ports/capture.ts";
import { asCommand, decompressorOf, isSealed, opening } from "../age/filters.ts";
import { systemError } from "./errno.ts";
import { signalOf } from "./measure.ts";
import type { Opener } from "./opened.ts";

/**
 * Reads a stored file of NUL-terminated records, however it is compressed, to its end.
 * POINT_DAMAGED where it cannot be read through or its last record is cut.
 */
export async function readStoredRecords(
  runner: Opener,
  file: string,
  activity: Activity,
  onRecords: (records: readonly string[]) => void | Promise<void>,
): Promise<void> {
  let isCut = false;
  const sink = { separator: "\0", onRecords, onRest: () => (isCut = true) } as const;
  const options = { diesWithParent: true, stdout: sink, ...signalOf(activity) };
  const result = await readThrough(runner, file, options).catch((thrown: unknown) => {
    throw isErrorCode(thrown, "TOOL_FAILED") ? damagedFile(file, messageOf(thrown)) : thrown;
  });
  if (result.cancelled) throw new StackholdError("CANCELLED", `reading ${file} was cancelled`);
  if (result.verdict === "failure") {
    const said = stderrSummary(result);
    throw damagedFile(
      file,
      `${result.program} ${describeEnd(result)}${said === "" ? "" : `: ${said}`}`,
    );
  }
  if (isCut) throw damagedFile(file, "its last record is cut off");
}

export function damagedFile(file: string, why: string): StackholdError {
  return new StackholdError("POINT_DAMAGED", `${file} is damaged: ${why}`);
}

async function readThrough(
  runner: Opener,
  file: string,
  options: RunOptions,
): Promise<ProcessResult> {
  if (runner.identity === undefined || !isSealed(file)) {
    const [program, ...args] = await reader(file);
    return runner.run({ program, args: [...args, "--", file] }, options);
  }
  const filter = opening(decompressorOf(file), await runner.identity());
  const { command, environment } = asCommand(filter);
  await using sealed = await open(file, "r").catch((failure) => {
    throw systemError(failure, `cannot read ${file}`);
  });
  return await runner.run(command, { ...options, environment, stdin: sealed.fd });
}

/** By the first bytes, as tar does it: RFC 8878 3.1.1, RFC 1952 2.3.1. */
async function reader(file: string): Promise<readonly [string, ...string[]]> {
  try {
    const handle = await open(file, "r");
    const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0).finally(() => handle.close());
    if (buffer.readUInt32BE() === 0x28b52ffd) return ["zstd", "-dcq"];
    return buffer.readUInt16BE() === 0x1f8b ? ["gzip", "-dcq"] : ["cat"];
  } catch (failure) {
    throw systemError(failure, `cannot read ${file}`);
  }
}
