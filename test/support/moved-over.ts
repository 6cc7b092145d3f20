import { writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import type { EngineAccess } from "../bed/access.ts";
import { installKopia } from "../bed/kopia.ts";
import type { Finished } from "./stackhold.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

/** A Stackhold whose one repository is one that Kopi-Docka filled. */
export interface MovedOver extends AsyncDisposable {
  readonly workspace: Workspace;
  /** Runs the built program, with Kopia on its PATH. */
  stackhold(...args: string[]): Promise<Finished>;
}

export async function movedOver(
  engine: EngineAccess,
  repository: { readonly path: string; readonly password: string },
  secretsIn: string,
): Promise<MovedOver> {
  const kopia = dirname(await installKopia());
  const passwordFile = join(secretsIn, "password");
  writeFileSync(passwordFile, `${repository.password}\n`, { mode: 0o600 });
  const workspace = await createWorkspace(engine, {
    config: {
      host: hostname(),
      repositories: {
        former: {
          type: "kopia",
          storage: { type: "filesystem", path: repository.path },
          password_file: passwordFile,
        },
      },
    },
  });
  const env = { PATH: `${kopia}:${process.env.PATH}` };
  return {
    workspace,
    stackhold: (...args) => workspace.stackhold(args, { env }),
    [Symbol.asyncDispose]: () => workspace[Symbol.asyncDispose](),
  };
}
