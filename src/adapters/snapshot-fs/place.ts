import { mkdir, mkdtemp } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ownMark, type ProcessMark } from "../../exec/process-mark.ts";
import { remove, removeIfEmpty } from "../tar/discard.ts";
import { errnoOf } from "../tar/errno.ts";
import { keepTimes } from "../tar/keep-times.ts";
import { exists } from "../tar/place.ts";
import type { SnapshotDeps } from "./snapshot-deps.ts";
import { deleteSubvolume, isSubvolume } from "./subvolume.ts";

/** The name itself is the mark, so that no place is ever without one. */
const marked = /^snapshot\.(\d+)\.(\d+)\.([0-9a-f-]{36})\./;

/** Others, e.g. of runs that end, may remove the directory between the two steps. */
const attempts = 5;

export function contentOf(place: string): string {
  return join(place, "new");
}

/** Who made a place; undefined for what is none of ours. */
export function makerOf(name: string): ProcessMark | undefined {
  const [, pid, startTime, boot] = marked.exec(name) ?? [];
  if (pid === undefined || startTime === undefined || boot === undefined) return undefined;
  return { pid: Number(pid), startTime, boot };
}

/** A private directory below a safety directory, which is made where there is none. */
export function makePlace(safety: string, id: string, deps: SnapshotDeps): Promise<string> {
  const { pid, startTime, boot } = ownMark();
  const prefix = join(safety, `snapshot.${pid}.${startTime}.${boot}.${id}-`);
  return around(safety, deps, async () => {
    try {
      return await makeBelow(safety, prefix);
    } catch (failure) {
      await removeIfEmpty(safety);
      throw failure;
    }
  });
}

async function makeBelow(safety: string, prefix: string): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    await mkdir(safety, 0o700).catch((failure: unknown) => {
      if (errnoOf(failure) !== "EEXIST") throw failure;
    });
    try {
      return await mkdtemp(prefix);
    } catch (failure) {
      if (errnoOf(failure) !== "ENOENT" || attempt === attempts) throw failure;
    }
  }
}

/** Removes a place with what it holds, and the safety directory when that was the last one. */
export async function removePlace(place: string, deps: SnapshotDeps): Promise<void> {
  if (!(await exists(place))) return;
  const content = contentOf(place);
  if (await isSubvolume(content)) await deleteSubvolume(deps.runner, content);
  await remove(deps.runner, [place]);
  const safety = dirname(place);
  await around(safety, deps, () => removeIfEmpty(safety));
}

function around<T>(safety: string, deps: SnapshotDeps, work: () => Promise<T>): Promise<T> {
  const parent = dirname(safety);
  return deps.inTurn(parent, () => keepTimes(deps.runner, parent, work));
}
