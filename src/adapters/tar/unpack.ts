import { StackholdError } from "../../errors.ts";
import { describeEnd, stderrSummary } from "../../exec/result.ts";
import type { Activity } from "../../ports/capture.ts";
import type { Amendments } from "./amendments.ts";
import { excuseContradictions } from "./contradictions.ts";
import { noSpace } from "./errno.ts";
import { extractFlags } from "./flags.ts";
import { signalOf } from "./measure.ts";
import { type Opener, opened } from "./opened.ts";
import { watchProgress } from "./progress.ts";
import { collectComplaints, missingCompressor } from "./tar-messages.ts";

/** What the patterns on stdin match, and nothing below. */
const exactly = ["--no-recursion", "--anchored", "--wildcards", "--exclude-from=-"];

/**
 * Unpacks one archive over what is there. tar finds out by itself how the file is compressed, and
 * reads it to its end and checksum. With `amendments` it may contradict itself where they say.
 */
export async function unpack(
  runner: Opener,
  file: string,
  directory: string,
  activity: Activity,
  amendments?: Amendments,
): Promise<void> {
  const complaints = collectComplaints();
  const contradictions = excuseContradictions(amendments?.covers ?? (() => false));
  const onStderrLine = (line: string) => {
    complaints.add(line);
    if (!contradictions.tolerates(line)) activity.onWarning?.(line.replace(/^tar: /, ""));
  };
  const from = await opened(runner, file);
  const source = ["--extract", ...from.args, "-C", directory];
  const leftOut = amendments === undefined ? [] : exactly;
  const stdin = amendments?.directories;
  const tar = await runner.start(
    { program: "tar", args: [...extractFlags, ...leftOut, ...source] },
    {
      diesWithParent: true,
      environment: from.environment,
      onStderrLine,
      ...(stdin === undefined ? {} : { stdin }),
      ...signalOf(activity),
    },
  );
  const endProgress = watchProgress(tar.pid, file, activity, () => undefined);
  const result = await tar.done.finally(endProgress);
  if (result.cancelled) throw new StackholdError("CANCELLED", `unpacking ${file} was cancelled`);
  if (result.verdict !== "failure") return;
  if (result.code === 2 && contradictions.isExcused) return;
  if (complaints.isFull) throw noSpace(`cannot unpack ${file} into ${directory}`);
  if (complaints.lacksCompressor) throw missingCompressor();
  throw new StackholdError(
    "TOOL_FAILED",
    `unpacking ${file}: tar ${describeEnd(result)}: ${stderrSummary(result)}`,
  );
}
