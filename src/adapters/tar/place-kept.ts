import { randomUUID } from "node:crypto";
import { link, lstat, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { StackholdError } from "../../errors.ts";
import { requireSuccess } from "../../exec/result.ts";
import type { Runner } from "../../exec/runner.ts";
import type { Activity, KeptHot } from "../../ports/capture.ts";
import type { Amendments } from "./amendments.ts";
import { restoreAttributes } from "./attributes.ts";
import { deleteNames } from "./delete-names.ts";
import { systemError } from "./errno.ts";
import { signalOf } from "./measure.ts";
import type { Opener } from "./opened.ts";
import { readable } from "./stored-listing.ts";
import { damagedFile, readStoredRecords } from "./stored-records.ts";

/**
 * Puts what is kept elsewhere into an empty directory, without what does not belong to the tree. Directories
 * have their times, and everything else is there, when the archive of the rest is unpacked over it. What later layers
 * bring again or remove may be kept as something else than a file, and then has no links and attributes.
 */
export async function placeKept(
  runner: Opener,
  { place, strange, links, attributes }: KeptHot,
  directory: string,
  activity: Activity,
  amendments?: Pick<Amendments, "covers">,
): Promise<void> {
  const isPutRight = (name: string) => amendments?.covers(name) === true;
  await place(directory, activity);
  await clearSpecialModes(runner, directory, activity);
  if (strange !== undefined) await deleteNames(runner, strange, directory, activity);
  if (links !== undefined) await joinNames(runner, links, directory, activity, isPutRight);
  if (attributes !== undefined) {
    await restoreAttributes(runner, attributes, directory, activity, isPutRight);
  }
}

/** tar takes it that a directory that it makes has no more than it asked for; each gets its own mode from an archive. */
async function clearSpecialModes(
  runner: Runner,
  directory: string,
  activity: Activity,
): Promise<void> {
  const clear = ["-exec", "chmod", "u-s,g-s,o-t", "--", "{}", "+"];
  const args = [".", "-type", "d", "-perm", "/7000", ...clear];
  const options = { cwd: directory, diesWithParent: true, ...signalOf(activity) };
  requireSuccess(await runner.run({ program: "find", args }, options));
}

const record = /^(\S+) (\.\/(?!.*(?:^|\/)\.\.?(?:\/|$)).+)$/s;

/** Makes names one file: all with the same first word, which stand together. */
async function joinNames(
  runner: Opener,
  file: string,
  directory: string,
  activity: Activity,
  isPutRight: (name: string) => boolean,
): Promise<void> {
  // In the root, whose time is set later: a name beside one that is as long as can be would be too long.
  const beside = join(directory, `.stackhold-link-${randomUUID()}`);
  let first: { readonly group: string; readonly path: Buffer } | undefined;
  await readStoredRecords(runner, file, activity, async (records) => {
    for (const text of records) {
      const [, group, name] = record.exec(text) ?? [];
      if (group === undefined || name === undefined) {
        throw damagedFile(file, `"${readable(text)}" names no file of the tree`);
      }
      if (isPutRight(name)) continue;
      const path = Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(name, "latin1")]);
      if (first?.group !== group) first = { group, path };
      else await makeSame(first.path, path, { beside, name: readable(name) });
    }
  });
}

/** By a rename, so that the name is never missing. */
async function makeSame(
  first: Buffer,
  path: Buffer,
  { beside, name }: { readonly beside: string; readonly name: string },
): Promise<void> {
  try {
    if (!(await lstat(first)).isFile()) throw missing(name);
    await link(first, beside);
    await rename(beside, path);
    await rm(beside, { force: true }); // a rename to another name of the same file leaves both
  } catch (failure) {
    throw systemError(failure, `cannot link ${name}`);
  }
}

function missing(name: string): StackholdError {
  return new StackholdError("POINT_DAMAGED", `${name} was kept as a link to no regular file`);
}
