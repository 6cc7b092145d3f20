import { lstatSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { run } from "../bed/run.ts";

/** The files of a point, as a capture in two passes writes them. */
export interface PointFiles {
  readonly hot: string;
  readonly delta: string | undefined;
  readonly deleted: string | undefined;
}

const extractFlags = [
  ...["--preserve-permissions", "--same-owner", "--numeric-owner", "--acls"],
  ...["--xattrs", "--xattrs-include=*", "--delay-directory-restore", "--warning=no-timestamp"],
];

/** Restores by hand into an empty directory: tar, rm, tar. */
export async function applyPoint(files: PointFiles, directory: string): Promise<void> {
  const untar = ["tar", ...extractFlags, "-C", directory, "-xf"];
  // What changed while it was read may contradict itself; the delta has all of it again.
  const hot = await run([...untar, files.hot], { allowFailure: true });
  if (hot.code !== 0 && hot.code !== 2) throw new Error(`tar exits ${hot.code}: ${hot.stderr}`);
  if (files.deleted !== undefined) {
    await checkDeletions(files.deleted, directory);
    const remove = ["xargs", "--null", "--arg-file", files.deleted, "rm", "-rf", "--"];
    await run(remove, { cwd: directory });
  }
  if (files.delta !== undefined) await run([...untar, files.delta]);
}

/** No name lies below another, and none is reached through a symbolic link. */
async function checkDeletions(file: string, directory: string): Promise<void> {
  const text = (await readFile(file)).toString("latin1");
  if (!text.endsWith("\0")) throw new Error("the deletions do not end with NUL");
  const names = text.slice(0, -1).split("\0");
  const all = new Set(names);
  for (const name of names) {
    for (const parent of parentsOf(name)) {
      const path = Buffer.from(`${directory}/`, "utf8");
      const place = Buffer.concat([path, Buffer.from(parent, "latin1")]);
      if (all.has(parent)) throw new Error(`deletions name ${parent} and ${name} below it`);
      const found = lstatSync(place, { throwIfNoEntry: false });
      if (found?.isDirectory() === false) {
        throw new Error(`the deletion of ${name} goes through ${parent}, which is no directory`);
      }
    }
  }
}

/** From the root down; `./a/b` has `.` and `./a`. */
function parentsOf(name: string): string[] {
  const parts = name.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}
