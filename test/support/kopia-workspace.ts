import type { EngineAccess } from "../bed/access.ts";
import { pathWithKopia, testPassword } from "./kopia.ts";
import { createWorkspace, type RunOptions, type Workspace } from "./workspace.ts";

type Keys = Readonly<Record<string, unknown>>;

/** A repository as the configuration has it. */
export function kopiaIn(path: string, more: Keys = {}): Keys {
  return kopiaAt({ type: "filesystem", path }, more);
}

export function kopiaAt(storage: Keys, more: Keys = {}): Keys {
  return { type: "kopia", storage, password: testPassword, ...more };
}

/** A Stackhold that has these repositories, with the bed's Kopia on its PATH. */
export async function kopiaWorkspace(
  engine: EngineAccess,
  repositories: Readonly<Record<string, Keys>>,
  { stacksDir, config }: { readonly stacksDir: string; readonly config?: Keys },
): Promise<Workspace> {
  const own = { ...config, backup_dir: undefined, repositories };
  const workspace = await createWorkspace(engine, { stacksDir, config: own });
  const start = (args: readonly string[], options: RunOptions = {}) =>
    workspace.start(args, { ...options, env: { PATH: pathWithKopia(), ...options.env } });
  return { ...workspace, start, stackhold: (args, options) => start(args, options).finished };
}
