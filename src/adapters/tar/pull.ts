import type { StoredEntry } from "../../domain/stored-entry.ts";
import { StackholdError } from "../../errors.ts";
import type { RunOptions } from "../../exec/command.ts";
import { describeEnd, stderrSummary } from "../../exec/result.ts";
import type { Activity } from "../../ports/capture.ts";
import { noSpace } from "./errno.ts";
import { extractFlags } from "./flags.ts";
import { signalOf } from "./measure.ts";
import { memberFlags, memberList } from "./members.ts";
import { type Opener, opened } from "./opened.ts";
import { damagedFile } from "./stored-records.ts";
import { parseTableLine, tableFlags } from "./table-line.ts";
import { collectComplaints } from "./tar-messages.ts";

/** Into a directory, with all attributes, or the content alone. */
export type PullTo =
  | { readonly directory: string }
  | { readonly onBytes: (bytes: Uint8Array) => Promise<void> };

const notThere = /: Not found in archive$/;
const verbose = tableFlags.filter((flag) => flag !== "--list" && flag !== "--verbose");

/**
 * Reads an archive once, and no further than to the first entry of a name, which is unpacked. Undefined where it has none.
 * Whether that did what is wanted the caller knows: of a directory its content stays behind, of a further name of a
 * file everything.
 */
export async function pull(
  runner: Opener,
  file: string,
  name: string,
  to: PullTo,
  activity: Activity,
): Promise<StoredEntry | undefined> {
  const complaints = collectComplaints();
  let entry: StoredEntry | undefined;
  let isAbsent = false;
  const onLine = (line: string): boolean => {
    const told = parseTableLine(line);
    entry ??= told;
    return told !== undefined;
  };
  const onStderrLine = (line: string) => {
    if (notThere.test(line)) isAbsent = true;
    else if (!onLine(line)) complaints.add(line);
  };
  const [flags, stdout] = targetOf(to, onLine);
  const from = await opened(runner, file);
  const source = [...from.args, "--occurrence=1", "--no-recursion"];
  const result = await runner.run(
    { program: "tar", args: ["--extract", "-vv", ...verbose, ...flags, ...source, ...memberFlags] },
    {
      diesWithParent: true,
      environment: from.environment,
      stdin: memberList([name]),
      stdout,
      onStderrLine,
      ...signalOf(activity),
    },
  );
  if (result.cancelled) throw new StackholdError("CANCELLED", `reading ${file} was cancelled`);
  if (isAbsent) return undefined;
  if (result.verdict !== "failure" || entry?.hardLinkTo !== undefined) return entry;
  if (complaints.isFull) throw noSpace(`cannot unpack ${file}`);
  throw damagedFile(file, `tar ${describeEnd(result)}: ${stderrSummary(result)}`);
}

/** What tar tells of its work goes to stdout, unless the content does. */
function targetOf(
  to: PullTo,
  onLine: (line: string) => boolean,
): [readonly string[], NonNullable<RunOptions["stdout"]>] {
  if ("onBytes" in to) return [["--to-stdout", "--force-local"], { onBytes: to.onBytes }];
  const onRecords = (lines: readonly string[]) => lines.forEach(onLine);
  return [[...extractFlags, "--directory", to.directory], { separator: "\n", onRecords }];
}
