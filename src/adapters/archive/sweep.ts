import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isBackupId } from "../../domain/backup-id.ts";
import type { PointRef } from "../../ports/repository.ts";
import { isMissing } from "./errors.ts";
import { exists } from "./exists.ts";
import { linkPrefix, partialPrefix, removedPrefix } from "./layout.ts";
import { directoryName, manifestFile, nameOfDirectory } from "./names.ts";
import { hasLivingWriter } from "./writer-marker.ts";

/** Removes what killed runs of a host left. The points removed are those that never came to be. */
export async function sweepHost(root: string, host: string): Promise<PointRef[]> {
  const hostDirectory = join(root, directoryName(host));
  const removed: PointRef[] = [];
  for (const { name, path } of await entriesOf(hostDirectory)) {
    const unit = nameOfDirectory(name);
    if (unit === undefined) continue;
    for (const backupId of await sweepUnit(path)) removed.push({ host, unit, backupId });
  }
  return removed;
}

async function sweepUnit(unitDirectory: string): Promise<string[]> {
  const swept: string[] = [];
  for (const entry of await entriesOf(unitDirectory)) {
    const isPartial = await isUnpublished(entry);
    if (!isPartial && !isLeftOver(entry.name)) continue;
    await rm(entry.path, { recursive: true, force: true });
    if (isPartial) swept.push(entry.name.replace(partialPrefix, ""));
  }
  return swept;
}

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly isDirectory: boolean;
}

function isLeftOver(name: string): boolean {
  return name.startsWith(removedPrefix) || name.startsWith(linkPrefix);
}

async function isUnpublished({ name, path, isDirectory }: Entry): Promise<boolean> {
  const isPartial = name.startsWith(partialPrefix);
  if (!isDirectory || !(isPartial || isBackupId(name))) return false;
  if (!isPartial && (await exists(join(path, manifestFile)))) return false;
  return !(await hasLivingWriter(path));
}

async function entriesOf(directory: string): Promise<Entry[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.map((entry) => ({
      name: entry.name,
      path: join(directory, entry.name),
      isDirectory: entry.isDirectory(),
    }));
  } catch (thrown) {
    if (isMissing(thrown)) return [];
    throw thrown;
  }
}
