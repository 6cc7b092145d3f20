import { randomUUID } from "node:crypto";
import { readdir, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { isBackupId } from "../../domain/backup-id.ts";
import { errnoOf } from "./errors.ts";
import { exists } from "./exists.ts";
import { linkPrefix } from "./layout.ts";
import { latestLink, manifestFile } from "./names.ts";

/**
 * Points `latest` of a unit to its newest published point, or removes it with the last one. It is
 * for people and scripts alone, nothing here reads it: where links cannot be made, there is none.
 */
export async function refreshLatest(unitDirectory: string): Promise<void> {
  const link = join(unitDirectory, latestLink);
  const temporary = join(unitDirectory, `${linkPrefix}${randomUUID()}`);
  try {
    const newest = await newestPublished(unitDirectory);
    if (newest === undefined) return await rm(link, { force: true });
    await symlink(newest, temporary);
    await rename(temporary, link);
  } catch (thrown) {
    if (errnoOf(thrown) === undefined) throw thrown;
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

async function newestPublished(unitDirectory: string): Promise<string | undefined> {
  const ids = (await readdir(unitDirectory)).filter(isBackupId).sort().reverse();
  for (const id of ids) {
    if (await exists(join(unitDirectory, id, manifestFile))) return id;
  }
  return undefined;
}
