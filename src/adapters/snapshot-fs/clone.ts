import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import type { RunOptions } from "../../exec/command.ts";
import type { Runner } from "../../exec/runner.ts";
import type { Activity, Tree } from "../../ports/capture.ts";
import { safetyName } from "../tar/flags.ts";
import { exists } from "../tar/place.ts";
import { applyAttributes, saveAttributes } from "../tar/root-attributes.ts";
import { contentOf } from "./place.ts";
import { work } from "./work.ts";

/**
 * What a capture stores and nothing less. `xattr` beside `all` makes a lost attribute a failure;
 * `always` makes a file that would have to be copied one.
 */
export const cloneFlags: readonly string[] = [
  "-dR",
  "--preserve=all,xattr",
  "--reflink=always",
  "--sparse=auto",
];

/** A line for every entry, by which it is seen that the work goes on. */
const telling = [...cloneFlags, "--verbose"];

function counting({ onProgress }: Activity): RunOptions {
  let files = 0;
  const onRecords = (lines: readonly string[]) => {
    files += lines.length;
    onProgress?.({ bytes: 0, files });
  };
  return { stdout: { separator: "\n", onRecords } };
}

/** Clones into a place; returns the clone's path. */
export async function clone(
  runner: Runner,
  path: string,
  type: Tree["type"],
  place: string,
  activity: Activity,
): Promise<string> {
  const content = contentOf(place);
  if (type === "file") {
    await mkdir(content, 0o700);
    const to = join(content, basename(path));
    await copy(runner, path, to, activity);
    return to;
  }
  if (await exists(join(path, safetyName))) await cloneAround(runner, path, place, activity);
  else await copy(runner, path, content, activity);
  return content;
}

async function copy(runner: Runner, from: string, to: string, activity: Activity): Promise<void> {
  const args = [...telling, "--no-target-directory", "--", from, to];
  await work(runner, { program: "cp", args }, activity.signal, counting(activity));
}

/** The rest of a directory that holds a safety directory, which may hold the clone. */
async function cloneAround(
  runner: Runner,
  path: string,
  place: string,
  activity: Activity,
): Promise<void> {
  const content = contentOf(place);
  const attributes = join(place, "attributes.tar");
  const stdin = await namesAround(runner, path, activity.signal);
  await mkdir(content, 0o700);
  // One cp, because another would not know the first one's hard links.
  const once = ["--null", "--no-run-if-empty", "--exit", `--max-args=${mostBytes}`];
  const cp = ["cp", ...telling, `--target-directory=${content}`, "--"];
  const args = [...once, `--max-chars=${mostBytes}`, ...cp];
  const told = { ...counting(activity), cwd: path, stdin };
  await work(runner, { program: "xargs", args }, activity.signal, told);
  await saveAttributes(runner, path, attributes);
  await applyAttributes(runner, attributes, content);
}

/** Linux takes a quarter of the stack's limit, usually 8 MiB, for all arguments together. */
const mostBytes = 1_000_000;

/** Whether the names at the top fit into one command line. */
export async function fitsAround(runner: Runner, path: string): Promise<boolean> {
  return (await namesAround(runner, path)).length < mostBytes - 1000;
}

async function namesAround(runner: Runner, path: string, signal?: AbortSignal): Promise<Buffer> {
  const top = [".", "-mindepth", "1", "-maxdepth", "1"];
  const args = [...top, "!", "-name", safetyName, "-print0"];
  return (await work(runner, { program: "find", args }, signal, { cwd: path })).stdout;
}
