import { formatBackupId } from "../../src/domain/backup-id.ts";
import { publishPoint } from "../../src/testing/points.ts";
import { createRealRepository } from "../../src/testing/real-archive-repository.ts";
import type { Workspace } from "./workspace.ts";

/** The id of a point made so many days ago. */
export function daysAgo(days: number): string {
  return formatBackupId(new Date(Date.now() - days * 86_400_000));
}

/** Points of a unit of the workspace's host, by id, as if backups had made them then. */
export async function storePoints(
  workspace: Pick<Workspace, "backupDir">,
  unit: string,
  ids: readonly string[],
  host = "testhost",
): Promise<void> {
  const repository = createRealRepository(workspace.backupDir);
  await repository.open();
  for (const backupId of ids) await publishPoint(repository, { host, unit, backupId });
}
