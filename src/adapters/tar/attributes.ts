import { open, rm, stat } from "node:fs/promises";
import { StackholdError } from "../../errors.ts";
import { describeEnd, type ProcessResult, stderrSummary } from "../../exec/result.ts";
import type { Runner } from "../../exec/runner.ts";
import type { Activity } from "../../ports/capture.ts";
import { signalOf } from "./measure.ts";
import { full } from "./tar-messages.ts";

interface Dump {
  readonly directory: string;
  /** NUL-terminated, relative to the directory. */
  readonly names: string;
  /** Where it goes. */
  readonly file: string;
}

const every = ["--no-dereference", "--dump", "--match=-", "--encoding=hex", "--physical", "--"];

/**
 * Writes xattrs and ACLs of named files as `setfattr --restore` reads them; false, and no file, where there
 * are none. Of a name that vanished meanwhile nothing is written.
 */
export async function dumpAttributes(
  runner: Runner,
  { directory, names, file }: Dump,
  activity: Pick<Activity, "signal">,
): Promise<boolean> {
  const to = await open(file, "w", 0o600);
  const from = await open(names, "r");
  const complaints = complaintsBut(/: No such file or directory$/);
  try {
    const result = await runner.run(
      { program: "xargs", args: ["--null", "--no-run-if-empty", "getfattr", ...every] },
      {
        cwd: directory,
        stdin: from.fd,
        stdout: to.fd,
        diesWithParent: true,
        onStderrLine: complaints.add,
        ...signalOf(activity),
      },
    );
    complaints.require(result, `reading the attributes of files in ${directory}`);
  } finally {
    await from.close();
    await to.close();
  }
  if ((await stat(file)).size > 0) return true;
  await rm(file);
  return false;
}

/** Gives files the attributes of a dump. What the file system does not take is a warning. */
export async function restoreAttributes(
  runner: Runner,
  file: string,
  directory: string,
  activity: Activity,
): Promise<void> {
  const complaints = complaintsBut(/: Operation not supported$/, activity.onWarning);
  const result = await runner.run(
    { program: "setfattr", args: ["--no-dereference", `--restore=${file}`] },
    {
      cwd: directory,
      diesWithParent: true,
      onStderrLine: complaints.add,
      ...signalOf(activity),
    },
  );
  complaints.require(result, `restoring the attributes of files in ${directory}`);
}

/** A failure of which every line is like this is none. */
function complaintsBut(harmless: RegExp, onHarmless: (line: string) => void = () => {}) {
  let isHarmless = true;
  return {
    add: (line: string) => {
      if (harmless.test(line)) onHarmless(line);
      else if (line.trim() !== "") isHarmless = false;
    },
    require: (result: ProcessResult, what: string) => {
      if (result.cancelled) throw new StackholdError("CANCELLED", `${what} was cancelled`);
      if (result.verdict !== "failure" || (isHarmless && result.code !== null)) return;
      const said = stderrSummary(result);
      const code = full.test(said) ? "NO_SPACE" : "TOOL_FAILED";
      throw new StackholdError(code, `${what}: ${result.program} ${describeEnd(result)}: ${said}`);
    },
  };
}
