import { StackholdError } from "../../errors.ts";
import { describeEnd, stderrSummary } from "../../exec/result.ts";
import type { Activity, Layers } from "../../ports/capture.ts";
import { signalOf } from "./measure.ts";
import { type Opener, opened } from "./opened.ts";
import { locate, memberFlags, memberList } from "./pick.ts";
import { damagedFile } from "./stored-records.ts";

/** Hands over the content of a regular file, without any of it touching the disk. */
export async function pour(
  runner: Opener,
  layers: Layers,
  name: string,
  onBytes: (bytes: Uint8Array) => Promise<void>,
  activity: Activity,
): Promise<void> {
  const { file, entry } = await locate(runner, layers, name, activity);
  if (entry.type !== "f") {
    throw new StackholdError("USAGE", "only the content of a regular file can be printed", {
      hint: "write it to a place of its own with -o",
    });
  }
  const from = await opened(runner, file);
  const source = [...from.args, "--extract", "--to-stdout", "--force-local"];
  const result = await runner.run(
    { program: "tar", args: [...source, "--no-recursion", ...memberFlags] },
    {
      diesWithParent: true,
      environment: from.environment,
      stdin: memberList([entry.hardLinkTo ?? name]),
      stdout: { onBytes },
      ...signalOf(activity),
    },
  );
  if (result.cancelled) throw new StackholdError("CANCELLED", `reading ${file} was cancelled`);
  if (result.verdict !== "failure") return;
  throw damagedFile(file, `tar ${describeEnd(result)}: ${stderrSummary(result)}`);
}
