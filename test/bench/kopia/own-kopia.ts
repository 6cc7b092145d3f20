import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { timed } from "../command.ts";
import { type Outage, outageOf } from "../downtime/outage.ts";
import { removeTree } from "../fairness.ts";
import { nextSecond, program, type Subject } from "../subject.ts";

/** Stackhold with a Kopia repository in a directory. */
export interface OwnKopia {
  /** An empty repository in place of the one there is. */
  begin(): Promise<void>;
  backup(): Promise<Outage>;
}

export async function openOwnKopia(
  subject: Subject,
  path: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<OwnKopia> {
  const { scratch, stack, workspace } = subject;
  const storage = join(scratch, "own-kopia");
  const env = { ...subject.env, PATH: path };
  const file = join(workspace.root, "kopia.yaml");
  const offsite = {
    ...{ type: "kopia", storage: { type: "filesystem", path: storage } },
    ...{ password: "of a repository that is removed at once", ...settings },
  };
  const config = parse(await readFile(workspace.configFile, "utf8"));
  await writeFile(file, stringify({ ...config, repositories: { offsite } }), { mode: 0o600 });
  const argv = (...args: string[]) => [program, "--config", file, ...args];
  return {
    begin: async () => {
      await removeTree(storage);
      await removeTree(workspace.stateDir);
      await timed(argv("admin", "repo", "init", "offsite"), { env });
    },
    backup: async () => {
      await nextSecond();
      return await outageOf(subject, "stop", argv("backup", stack.name), env);
    },
  };
}
