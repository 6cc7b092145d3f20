import type { EngineAccess } from "../bed/access.ts";
import { pathWithKopia } from "./kopia.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

type Keys = Readonly<Record<string, unknown>>;

/** A Stackhold that has these repositories, with the bed's Kopia on its PATH. */
export function kopiaWorkspace(
  engine: EngineAccess,
  repositories: Readonly<Record<string, Keys>>,
  { stacksDir, config }: { readonly stacksDir: string; readonly config?: Keys },
): Promise<Workspace> {
  const own = { ...config, backup_dir: undefined, repositories };
  return createWorkspace(engine, { stacksDir, config: own, env: { PATH: pathWithKopia() } });
}
