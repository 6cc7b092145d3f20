import { link, lstat, rename, rm } from "node:fs/promises";
import { StackholdError } from "../../errors.ts";
import type { Runner } from "../../exec/runner.ts";
import type { Activity, KeptHot } from "../../ports/capture.ts";
import { restoreAttributes } from "./attributes.ts";
import { deleteNames } from "./delete-names.ts";
import { systemError } from "./errno.ts";
import { readable } from "./stored-listing.ts";
import { damagedFile, readStoredRecords } from "./stored-records.ts";

/**
 * Puts what is kept elsewhere into an empty directory, without what does not belong to the tree. Directories
 * have their times, and everything else is there, when the archive of the rest is unpacked over it.
 */
export async function placeKept(
  runner: Runner,
  { place, strange, links, attributes }: KeptHot,
  directory: string,
  activity: Activity,
): Promise<void> {
  await place(directory, activity);
  if (strange !== undefined) await deleteNames(runner, strange, directory, activity);
  if (links !== undefined) await joinNames(runner, links, directory, activity);
  if (attributes !== undefined) await restoreAttributes(runner, attributes, directory, activity);
}

const record = /^(\S+) (\.\/(?!.*(?:^|\/)\.\.?(?:\/|$)).+)$/s;

/** Makes names one file: all with the same first word, which stand together. */
async function joinNames(
  runner: Runner,
  file: string,
  directory: string,
  activity: Activity,
): Promise<void> {
  let first: { readonly group: string; readonly path: Buffer } | undefined;
  await readStoredRecords(runner, file, activity, async (records) => {
    for (const text of records) {
      const [, group, name] = record.exec(text) ?? [];
      if (group === undefined || name === undefined) {
        throw damagedFile(file, `"${readable(text)}" names no file of the tree`);
      }
      const path = Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(name, "latin1")]);
      if (first?.group !== group) first = { group, path };
      else await join(first.path, path, readable(name));
    }
  });
}

/** By a rename, so that the name is never missing. */
async function join(first: Buffer, path: Buffer, name: string): Promise<void> {
  const beside = Buffer.concat([path, Buffer.from(".stackhold-link")]);
  try {
    if (!(await lstat(first)).isFile()) throw missing(name);
    await rm(beside, { force: true });
    await link(first, beside);
    await rename(beside, path);
  } catch (failure) {
    throw systemError(failure, `cannot link ${name}`);
  }
}

function missing(name: string): StackholdError {
  return new StackholdError("POINT_DAMAGED", `${name} was kept as a link to no regular file`);
}
