import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { isBelow, type StoredEntry } from "../../domain/stored-entry.ts";
import { StackholdError } from "../../errors.ts";
import { describeEnd, stderrSummary } from "../../exec/result.ts";
import type { Activity, Layers, Picked } from "../../ports/capture.ts";
import { remove } from "./discard.ts";
import { noSpace, systemError } from "./errno.ts";
import { extract } from "./extract.ts";
import { extractFlags } from "./flags.ts";
import { signalOf } from "./measure.ts";
import { type Opener, opened } from "./opened.ts";
import { readTable } from "./table.ts";
import { collectComplaints } from "./tar-messages.ts";

export interface Located {
  readonly file: string;
  readonly entry: StoredEntry;
}

/** The archive that has the entry as it was at the freeze. What `deleted` names was not there. */
export async function locate(
  runner: Opener,
  { hot, delta }: Layers,
  name: string,
  activity: Activity,
): Promise<Located> {
  for (const file of delta === undefined ? [hot] : [delta, hot]) {
    let found: StoredEntry | undefined;
    const note = (entries: readonly StoredEntry[]) => {
      found = entries.at(-1);
    };
    await readTable(runner, file, (one) => one === name, note, activity);
    if (found !== undefined) return { file, entry: found };
  }
  throw new StackholdError("UNKNOWN_PATH", `nothing is stored under that path in ${hot}`);
}

/** Names to the letter, one NUL after each, for `memberFlags`. */
export function memberList(names: Iterable<string>): Buffer {
  return Buffer.from([...names].map((name) => `./${name}\0`).join(""), "latin1");
}

export const memberFlags: readonly string[] = [
  ...["--no-wildcards", "--anchored", "--null", "--no-unquote", "--files-from=-"],
];

/**
 * Unpacks one entry with all below it in an empty directory. What a part stored in layers has below a directory is known only when all of them are applied.
 */
export async function pick(
  runner: Opener,
  layers: Layers,
  name: string,
  directory: string,
  activity: Activity,
): Promise<Picked> {
  const [tree, entry] = [join(directory, "tree"), join(directory, "entry")];
  try {
    await mkdir(tree, { mode: 0o700 });
    if (name === "") {
      await extract(runner, layers, tree, activity);
      await rename(tree, entry);
      return { path: entry, type: "directory" };
    }
    const isLayered = layers.delta !== undefined || layers.deleted !== undefined;
    const { file, entry: found } = await locate(runner, layers, name, activity);
    if (isLayered && (found.type === "d" || found.hardLinkTo !== undefined)) {
      await extract(runner, layers, tree, activity);
    } else {
      const others = await neededBeside(runner, file, found, activity);
      await unpackMembers(runner, file, [...others, name], tree, activity);
    }
    await rename(Buffer.from(`${tree}/${name}`, "latin1"), entry);
    await remove(runner, [tree]);
    return { path: entry, type: found.type === "d" ? "directory" : "file" };
  } catch (failure) {
    throw systemError(failure, `cannot unpack into ${directory}`);
  }
}

/** Files outside that have a further name inside: tar can make that name only beside them. */
async function neededBeside(
  runner: Opener,
  file: string,
  { type, name, hardLinkTo: first }: StoredEntry,
  activity: Activity,
): Promise<Set<string>> {
  const outside = new Set<string>(first === undefined ? [] : [first]);
  if (type !== "d") return outside;
  const isInside = (one: string) => one === name || isBelow(one, name);
  const note = (entries: readonly StoredEntry[]) => {
    for (const { hardLinkTo } of entries) {
      if (hardLinkTo !== undefined && !isInside(hardLinkTo)) outside.add(hardLinkTo);
    }
  };
  await readTable(runner, file, isInside, note, activity);
  return outside;
}

async function unpackMembers(
  runner: Opener,
  file: string,
  names: readonly string[],
  directory: string,
  activity: Activity,
): Promise<void> {
  const complaints = collectComplaints();
  const onStderrLine = (line: string) => {
    complaints.add(line);
    activity.onWarning?.(line.replace(/^tar: /, ""));
  };
  const from = await opened(runner, file);
  const source = [...from.args, "--extract", "--directory", directory];
  const result = await runner.run(
    { program: "tar", args: [...extractFlags, ...source, ...memberFlags] },
    {
      diesWithParent: true,
      environment: from.environment,
      stdin: memberList(names),
      onStderrLine,
      ...signalOf(activity),
    },
  );
  if (result.cancelled) throw new StackholdError("CANCELLED", `unpacking ${file} was cancelled`);
  if (result.verdict !== "failure") return;
  if (complaints.isFull) throw noSpace(`cannot unpack ${file} into ${directory}`);
  throw new StackholdError(
    "TOOL_FAILED",
    `unpacking ${file}: tar ${describeEnd(result)}: ${stderrSummary(result)}`,
  );
}
