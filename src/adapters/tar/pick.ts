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
import { archiveOf } from "./hot-layer.ts";
import { placeKeptFile } from "./kept-file.ts";
import { listedEntry, unknownPath } from "./listed-entry.ts";
import { locate } from "./locate.ts";
import { signalOf } from "./measure.ts";
import { memberFlags, memberList } from "./members.ts";
import { type Opener, opened } from "./opened.ts";
import { pullOne } from "./pull-one.ts";
import { readTable } from "./table.ts";
import { collectComplaints } from "./tar-messages.ts";

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
    const pulled = await pullOne(runner, layers, name, { directory: tree }, activity);
    if (pulled.how === "kept") {
      await placeKeptFile(runner, layers, name, directory, activity);
      return { path: entry, type: "file" };
    }
    const found =
      pulled.how === "pulled"
        ? pulled.entry
        : await unpackAround(runner, layers, name, tree, activity);
    await rename(Buffer.from(`${tree}/${name}`, "latin1"), entry);
    await remove(runner, [tree]);
    return { path: entry, type: found.type === "d" ? "directory" : "file" };
  } catch (failure) {
    throw systemError(failure, `cannot unpack into ${directory}`);
  }
}

/** Unpacks an entry with what belongs to it: of a part in layers, which know it only together, everything. */
async function unpackAround(
  runner: Opener,
  layers: Layers,
  name: string,
  tree: string,
  activity: Activity,
): Promise<Pick<StoredEntry, "type">> {
  await remove(runner, [tree]);
  await mkdir(tree, { mode: 0o700 });
  const listed = await listedEntry(runner, layers, name, activity);
  if (listed !== undefined) {
    await extract(runner, layers, tree, activity);
    return listed;
  }
  const located = await locate(runner, layers, name, activity);
  if (located === undefined) throw unknownPath(archiveOf(layers.hot));
  const { file, entry } = located;
  const others = await neededBeside(runner, file, entry, activity);
  await unpackMembers(runner, file, [...others, name], tree, activity);
  return entry;
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
