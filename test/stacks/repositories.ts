import { dirname } from "node:path";
import { installKopia } from "../bed/kopia.ts";
import { searchPath } from "../bed/paths.ts";
import { kopiaIn } from "../support/kopia-settings.ts";
import type { WorkspaceOptions } from "../support/workspace.ts";

export const repositories = ["archive", "kopia"] as const;
export type RepositoryKind = (typeof repositories)[number];

/** What a Stackhold needs to keep its points in this directory, alone or beside others. */
export async function keptIn(
  path: string,
  kind: RepositoryKind,
): Promise<Pick<WorkspaceOptions, "config" | "env">> {
  if (kind === "archive") return { config: { backup_dir: path } };
  const programs = [dirname(await installKopia()), searchPath()].join(":");
  const config = { backup_dir: undefined, repositories: { points: kopiaIn(path) } };
  return { config, env: { PATH: programs } };
}
