import { open, rm } from "node:fs/promises";
import { StackholdError } from "../../../errors.ts";
import { requireSuccess } from "../../../exec/result.ts";
import type { Runner } from "../../../exec/runner.ts";
import type { Activity, ArchiveTarget } from "../../../ports/capture.ts";
import { createEmpty } from "../archive.ts";
import { compressing } from "../compressor.ts";
import { noSpace, systemError } from "../errno.ts";
import { signalOf } from "../measure.ts";
import { watchProgress } from "../progress.ts";
import { full } from "../tar-messages.ts";

/** Writes a file compressed into a new private one; nothing is left when it fails. */
export async function compressFile(
  runner: Runner,
  from: string,
  target: ArchiveTarget,
  activity: Activity,
): Promise<void> {
  await createEmpty(target.file);
  try {
    await using input = await open(from, "r");
    await using output = await open(target.file, "w");
    const { command, environment } = compressing(target);
    const { size: bytes } = await input.stat();
    const files = { stdin: input.fd, stdout: output.fd };
    const options = { ...files, environment, diesWithParent: true, ...signalOf(activity) };
    const running = await runner.start(command, options);
    const total = () => ({ bytes, files: 1 });
    const endProgress = watchProgress(running.pid, target.file, activity, total);
    const result = await running.done.finally(endProgress);
    if (result.verdict === "failure" && !result.cancelled && full.test(result.stderr)) {
      throw noSpace(`cannot write ${target.file}`);
    }
    requireSuccess(result);
  } catch (failure) {
    await rm(target.file, { force: true });
    throw failure instanceof StackholdError
      ? failure
      : systemError(failure, `cannot write ${target.file}`);
  }
}
