import { HashTable } from "../../domain/two-phase/hash-table.ts";
import { StackholdError } from "../../errors.ts";
import { describeEnd, stderrSummary } from "../../exec/result.ts";
import type { Activity, Layers } from "../../ports/capture.ts";
import { createHash } from "./create-hash.ts";
import { signalOf } from "./measure.ts";
import { type Opener, opened } from "./opened.ts";
import { readStoredDeletions } from "./stored-deletions.ts";
import { unescapeName } from "./two-phase/index-line.ts";

/** What the later layers of a part put right in its hot archive. */
export interface Amendments {
  /** Whether the name is deleted, below something deleted, or stored again. */
  covers(name: string): boolean;
  /**
   * The directories that are stored again, one pattern a line for `--exclude-from`. Their entries in the
   * hot archive are left out, since tar never takes away the ACLs and xattrs that a directory has.
   */
  readonly directories: Buffer;
}

/** Undefined where nothing comes after the hot archive. */
export async function readAmendments(
  runner: Opener,
  { deleted, delta }: Layers,
  activity: Activity,
): Promise<Amendments | undefined> {
  if (deleted === undefined && delta === undefined) return undefined;
  const hash = await createHash();
  const [gone, again] = [new HashTable(), new HashTable()];
  const directories: Buffer[] = [];
  if (deleted !== undefined) {
    await readStoredDeletions(runner, deleted, activity, (names) => {
      for (const name of names) gone.set(hash(name), 1n);
    });
  }
  if (delta !== undefined) {
    await eachMember(runner, delta, activity, (members) => {
      const named = members.map((member) => ({ name: nameOf(member), member }));
      for (const { name } of named) again.set(hash(name), 1n);
      const whole = named.filter(({ member }) => member.endsWith("/"));
      const patterns = whole.map(({ name }) => `${patternOf(name)}\n`);
      directories.push(Buffer.from(patterns.join(""), "latin1"));
    });
  }
  const isGone = (name: string): boolean => {
    if (gone.has(hash(name))) return true;
    const parent = name.slice(0, Math.max(0, name.lastIndexOf("/")));
    return parent !== "" && isGone(parent);
  };
  return {
    covers: (name) => again.has(hash(name)) || isGone(name),
    directories: Buffer.concat(directories),
  };
}

/** In the C locale nothing but a newline, which no line can hold. */
const newline = "[!\x01-\x09\x0b-\xff]";

/** What matches this name (latin1) alone. tar looks patterns without wildcards up in a hash table. */
function patternOf(name: string): string {
  const literal = name.replace(/[\\*?[]/g, "\\$&").replaceAll("\n", newline);
  return literal.replace(/[ \t\v\f\r]$/, "[$&]"); // tar would cut a blank at the end of a line
}

/** As `.` for the root, else `./…` without a slash at the end. */
function nameOf(member: string): string {
  const name = unescapeName(member.replace(/\/$/, ""));
  return name === "." || name.startsWith("./") ? name : `./${name}`;
}

async function eachMember(
  runner: Opener,
  file: string,
  activity: Activity,
  onMembers: (members: readonly string[]) => void,
): Promise<void> {
  const style = ["--quoting-style=escape", "--force-local"];
  const from = await opened(runner, file);
  const result = await runner.run(
    { program: "tar", args: [...style, ...from.args, "--list"] },
    {
      diesWithParent: true,
      environment: from.environment,
      stdout: { separator: "\n", onRecords: onMembers },
      ...signalOf(activity),
    },
  );
  if (result.cancelled) throw new StackholdError("CANCELLED", `reading ${file} was cancelled`);
  if (result.verdict !== "failure") return;
  throw new StackholdError(
    "TOOL_FAILED",
    `reading ${file}: tar ${describeEnd(result)}: ${stderrSummary(result)}`,
  );
}
