import { open, rm, stat } from "node:fs/promises";
import { StackholdError } from "../../errors.ts";
import { describeEnd, type ProcessResult, stderrSummary } from "../../exec/result.ts";
import type { Runner } from "../../exec/runner.ts";
import type { Activity } from "../../ports/capture.ts";
import { unquoteName } from "./attributes-of.ts";
import { signalOf } from "./measure.ts";
import { full } from "./tar-messages.ts";

interface Dump {
  readonly directory: string;
  /** NUL-terminated, relative to the directory. */
  readonly names: string;
  /** Where it goes. */
  readonly file: string;
}

/** Another entry has its name, or that of a directory above it. */
const vanished =
  /: (?:No such file or directory|Not a directory|Too many levels of symbolic links)$/;

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
  const complaints = complaintsBut(vanished);
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

/**
 * Gives files the attributes of a dump. What the file system does not take is a warning; what befalls a name that is
 * put right later (latin1) is nothing.
 */
export async function restoreAttributes(
  runner: Runner,
  file: string,
  directory: string,
  activity: Activity,
  isPutRight: (name: string) => boolean = () => false,
): Promise<void> {
  const complaints = complaintsBut(/: Operation not supported$/, {
    onHarmless: activity.onWarning,
    isPutRight,
  });
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

interface Excuses {
  readonly onHarmless?: ((line: string) => void) | undefined;
  readonly isPutRight?: (name: string) => boolean;
}

/** setfattr names it as the dump does. */
const about = /^setfattr: (.*): [A-Z][^:]*$/;

/** A failure of which every line is like this, or excused, is none. */
function complaintsBut(harmless: RegExp, { onHarmless, isPutRight }: Excuses = {}) {
  let isHarmless = true;
  const isExcused = (line: string) => {
    const name = about.exec(line)?.[1];
    return name !== undefined && isPutRight?.(`./${unquoteName(name)}`) === true;
  };
  return {
    add: (line: string) => {
      if (line.trim() === "" || isExcused(line)) return;
      if (harmless.test(line)) onHarmless?.(line);
      else isHarmless = false;
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
