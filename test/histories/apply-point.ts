import { lstatSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { unescapeName } from "../../src/adapters/tar/two-phase/index-line.ts";
import type { ArchiveLayers } from "../../src/ports/capture.ts";
import { run } from "../bed/run.ts";

const extractFlags = [
  ...["--preserve-permissions", "--same-owner", "--numeric-owner"],
  ...["--xattrs", "--xattrs-include=*", "--delay-directory-restore", "--warning=no-timestamp"],
];

/**
 * Restores by hand into an empty directory, as docs/format.md says: tar, rm, tar. `work` is a prefix
 * for files.
 */
export async function applyByHand(
  layers: ArchiveLayers,
  directory: string,
  work: string,
): Promise<void> {
  const { hot, deleted, delta } = layers;
  const untar = ["tar", ...extractFlags, "-C", directory, "-xf"];
  const excludes = `${work}.excludes`;
  await writeFile(excludes, delta === undefined ? "" : await excludesOf(delta), "latin1");
  const xargs = ["xargs", "--null", "--arg-file", excludes];
  const literally = ["--no-recursion", "--anchored", "--no-wildcards"];
  // What changed while it was read may contradict itself; the delta has all of it again.
  const first = await run([...xargs, ...untar, hot, ...literally], { allowFailure: true });
  const complaints = first.stderr.split("\n").filter((line) => line !== "");
  const isContradictory = complaints.every((line) => /: Cannot |^tar: Exiting/.test(line));
  if (first.code !== 0 && !isContradictory) throw new Error(`tar: ${first.code} ${first.stderr}`);
  if (deleted !== undefined) {
    await checkDeletions(deleted, directory);
    await run(["xargs", "--null", "--arg-file", deleted, "rm", "-rf", "--"], { cwd: directory });
  }
  if (delta !== undefined) await run([...untar, delta]);
}

/** Directories that the delta has as well: tar takes no attribute away from one that is there. */
async function excludesOf(delta: string): Promise<string> {
  const env = { ...process.env, LC_ALL: "C" }; // in which tar escapes all but ASCII
  const { stdout } = await run(["tar", "--quoting-style=escape", "-tf", delta], { env });
  const directories = stdout.split("\n").filter((name) => name.endsWith("/"));
  return directories.map((name) => `--exclude=${unescapeName(name.slice(0, -1))}\0`).join("");
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
