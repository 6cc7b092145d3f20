import { rename } from "node:fs/promises";
import { isErrorCode } from "../../errors.ts";
import { requireSuccess } from "../../exec/result.ts";
import type { Runner } from "../../exec/runner.ts";
import { createFlags, extractFlags } from "./flags.ts";

/** Stores mode, owner, times, ACLs and xattrs of a directory, all or nothing, in a small archive. */
export async function saveAttributes(
  runner: Runner,
  directory: string,
  file: string,
): Promise<void> {
  const partial = `${file}.partial`;
  const args = [...createFlags, "--no-recursion", "-cf", partial, "-C", directory, "."];
  requireSuccess(await runner.run({ program: "tar", args }));
  await rename(partial, file);
}

/** Gives a directory the attributes that were saved, and no others. */
export async function applyAttributes(
  runner: Runner,
  file: string,
  directory: string,
): Promise<void> {
  await clearAcls(runner, directory);
  await clearXattrs(runner, directory);
  const args = [...extractFlags, "-xf", file, "-C", directory];
  requireSuccess(await runner.run({ program: "tar", args }));
}

/**
 * Frees a directory from ACLs, inherited ones too, with tar alone: an archive without ACLs of the
 * directory, unpacked over it with `--acls`, leaves the mode's three entries and no default.
 */
export async function clearAcls(runner: Runner, directory: string): Promise<void> {
  const pack = ["--format=pax", "--no-recursion", "-cf", "-", "-C", directory, "."];
  const unpack = ["--preserve-permissions", "--numeric-owner", "--acls", "-xf", "-"];
  const results = await runner.pipeline([
    { program: "tar", args: pack },
    { program: "tar", args: [...unpack, "-C", directory] },
  ]);
  for (const result of results) requireSuccess(result);
}

/** Where the package attr is not installed, xattrs that only the old directory had stay. */
async function clearXattrs(runner: Runner, directory: string): Promise<void> {
  const list = ["--no-dereference", "--match=^(user|trusted)\\.", "--absolute-names", directory];
  try {
    const listed = await runner.run({ program: "getfattr", args: list }, { stdout: "capture" });
    const names = listed.stdout.toString("utf8").split("\n").filter(isName);
    for (const name of names) {
      const args = ["--no-dereference", `--remove=${name}`, directory];
      requireSuccess(await runner.run({ program: "setfattr", args }));
    }
  } catch (failure) {
    if (!isErrorCode(failure, "TOOL_MISSING")) throw failure;
  }
}

function isName(line: string): boolean {
  return line !== "" && !line.startsWith("#");
}
