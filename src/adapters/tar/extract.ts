import { StackholdError } from "../../errors.ts";
import { describeEnd, stderrSummary } from "../../exec/result.ts";
import type { Runner } from "../../exec/runner.ts";
import type { Activity } from "../../ports/capture.ts";
import { noSpace } from "./errno.ts";
import { extractFlags, readRecords } from "./flags.ts";
import { earlyFlush } from "./flush.ts";
import { signalOf } from "./measure.ts";
import { watchProgress } from "./progress.ts";
import { clearAcls } from "./root-attributes.ts";
import { collectComplaints, missingCompressor } from "./tar-messages.ts";

/** tar finds out by itself how the file is compressed, and reads it to its end and checksum. */
export async function extract(
  runner: Runner,
  file: string,
  directory: string,
  activity: Activity,
): Promise<void> {
  await clearAcls(runner, directory);
  const complaints = collectComplaints();
  const onStderrLine = (line: string) => {
    complaints.add(line);
    activity.onWarning?.(line.replace(/^tar: /, ""));
  };
  const tar = await runner.start(
    { program: "tar", args: [...extractFlags, ...readRecords, "-xf", file, "-C", directory] },
    { diesWithParent: true, onStderrLine, ...signalOf(activity) },
  );
  const flushing = earlyFlush(runner, directory);
  const watched: Activity = {
    ...activity,
    onProgress: (progress) => {
      flushing.reached(progress.bytes);
      activity.onProgress?.(progress);
    },
  };
  const endProgress = watchProgress(tar.pid, file, watched, () => undefined);
  const result = await tar.done.finally(endProgress);
  if (result.cancelled) throw new StackholdError("CANCELLED", `unpacking ${file} was cancelled`);
  if (result.verdict === "failure") {
    if (complaints.isFull) throw noSpace(`cannot unpack ${file} into ${directory}`);
    if (complaints.lacksCompressor) throw missingCompressor();
    throw new StackholdError(
      "TOOL_FAILED",
      `unpacking ${file}: tar ${describeEnd(result)}: ${stderrSummary(result)}`,
    );
  }
  // What is swapped in later must be on the disk by then, and not wait for it while a unit is down.
  await flushing.finish();
}
