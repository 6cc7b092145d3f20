import { open } from "node:fs/promises";
import { isErrorCode, messageOf, StackholdError } from "../../errors.ts";
import { describeEnd, stderrSummary } from "../../exec/result.ts";
import type { Runner } from "../../exec/runner.ts";
import type { Activity } from "../../ports/capture.ts";
import { systemError } from "./errno.ts";
import { signalOf } from "./measure.ts";

/**
 * Reads a stored file of NUL-terminated records, however it is compressed, to its end.
 * POINT_DAMAGED where it cannot be read through or its last record is cut.
 */
export async function readStoredRecords(
  runner: Runner,
  file: string,
  activity: Activity,
  onRecords: (records: readonly string[]) => void | Promise<void>,
): Promise<void> {
  let isCut = false;
  const sink = { separator: "\0", onRecords, onRest: () => (isCut = true) } as const;
  const [program, ...args] = await reader(file);
  const command = { program, args: [...args, "--", file] };
  const options = { diesWithParent: true, stdout: sink, ...signalOf(activity) };
  const result = await runner.run(command, options).catch((thrown: unknown) => {
    throw isErrorCode(thrown, "TOOL_FAILED") ? damagedFile(file, messageOf(thrown)) : thrown;
  });
  if (result.cancelled) throw new StackholdError("CANCELLED", `reading ${file} was cancelled`);
  if (result.verdict === "failure") {
    const said = stderrSummary(result);
    throw damagedFile(file, `${program} ${describeEnd(result)}${said === "" ? "" : `: ${said}`}`);
  }
  if (isCut) throw damagedFile(file, "its last record is cut off");
}

export function damagedFile(file: string, why: string): StackholdError {
  return new StackholdError("POINT_DAMAGED", `${file} is damaged: ${why}`);
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
