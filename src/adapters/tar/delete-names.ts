import { lstat } from "node:fs/promises";
import { requireSuccess } from "../../exec/result.ts";
import type { Activity } from "../../ports/capture.ts";
import { errnoOf, isAbsent, systemError } from "./errno.ts";
import { signalOf } from "./measure.ts";
import type { Opener } from "./opened.ts";
import { readStoredDeletions } from "./stored-deletions.ts";
import { readable } from "./stored-listing.ts";
import { damagedFile } from "./stored-records.ts";

/**
 * Removes what a stored file of deletions names below a directory that nobody else writes. A
 * parent that is anything but a directory, a link above all, is POINT_DAMAGED: the name would lead
 * elsewhere. Names that are not there were never unpacked.
 */
export async function deleteNames(
  runner: Opener,
  file: string,
  directory: string,
  activity: Activity,
): Promise<void> {
  const isDirectory = parentCheck(directory);
  await readStoredDeletions(runner, file, activity, async (names) => {
    const found: string[] = [];
    for (const name of names) {
      const parent = name.slice(0, name.lastIndexOf("/"));
      const state = await isDirectory(parent);
      if (state === "other") {
        throw damagedFile(file, `"${readable(name)}" lies below something that is no directory`);
      }
      if (state === "directory") found.push(`${name}\0`);
    }
    await remove(runner, directory, found, activity);
  });
}

type State = "directory" | "absent" | "other";

/** Every component from the root down, links not followed; what was seen last is remembered. */
function parentCheck(directory: string): (name: string) => Promise<State> {
  let known = ".";
  return async (name) => {
    if (name === known || known.startsWith(`${name}/`)) return "directory";
    for (let end = name.indexOf("/", 2); ; end = name.indexOf("/", end + 1)) {
      const path = end < 0 ? name : name.slice(0, end);
      const state = path === "." ? "directory" : await stateOf(directory, path);
      if (state !== "directory") return state;
      if (end < 0) break;
    }
    known = name;
    return "directory";
  };
}

async function stateOf(directory: string, name: string): Promise<State> {
  try {
    const path = Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(name, "latin1")]);
    return (await lstat(path)).isDirectory() ? "directory" : "other";
  } catch (failure) {
    if (isAbsent(failure)) return "absent";
    if (errnoOf(failure) === "ENAMETOOLONG") return "other";
    throw systemError(failure, `cannot look at ${readable(name)} in ${directory}`);
  }
}

/** rm(1) walks by directory descriptors: it follows no link and leaves other file systems alone. */
async function remove(
  runner: Opener,
  directory: string,
  names: readonly string[],
  activity: Activity,
): Promise<void> {
  if (names.length === 0) return;
  const rm = ["rm", "--recursive", "--force", "--one-file-system", "--"];
  const stdin = Buffer.from(names.join(""), "latin1");
  requireSuccess(
    await runner.run(
      { program: "xargs", args: ["--null", ...rm] },
      { cwd: directory, stdin, diesWithParent: true, ...signalOf(activity) },
    ),
  );
}
