import { StackholdError } from "../../errors.ts";
import { describeEnd, stderrSummary } from "../../exec/result.ts";
import type { Activity, Measure } from "../../ports/capture.ts";
import { signalOf } from "./measure.ts";
import { type Opener, opened } from "./opened.ts";
import { watchProgress } from "./progress.ts";
import { collectComplaints, missingCompressor } from "./tar-messages.ts";

/** A line of `tar -tv`: type and mode, owner, then the size, or `major,minor` of a device. */
const member = /^([-a-zA-Z])\S+ +\S+ +(\d+)(,\d+)? /;

/** Reads everything, the compressor's checksum included; a hard link adds a name and no bytes. */
export async function inspect(runner: Opener, file: string, activity: Activity): Promise<Measure> {
  let files = 0;
  let bytes = 0;
  const complaints = collectComplaints();
  const style = ["--quoting-style=escape", "--numeric-owner", "--force-local"];
  const from = await opened(runner, file);
  const list = [...style, ...from.args, "--list", "--verbose"];
  const tar = await runner.start(
    { program: "tar", args: list },
    {
      diesWithParent: true,
      environment: from.environment,
      onStderrLine: complaints.add,
      ...signalOf(activity),
      stdout: {
        separator: "\n",
        onRecords: (lines) => {
          for (const line of lines) {
            const [, type, size, minor] = member.exec(line) ?? [];
            if (type === undefined) continue;
            files += 1;
            if (type === "-" && minor === undefined) bytes += Number(size);
          }
        },
      },
    },
  );
  const endProgress = watchProgress(tar.pid, file, activity, () => undefined);
  const result = await tar.done.finally(endProgress);
  if (result.cancelled) throw new StackholdError("CANCELLED", `reading ${file} was cancelled`);
  if (complaints.lacksCompressor) throw missingCompressor();
  if (result.verdict === "failure") {
    throw new StackholdError(
      "TOOL_FAILED",
      `${file} is broken: tar ${describeEnd(result)}: ${stderrSummary(result)}`,
    );
  }
  return { files, bytes };
}
