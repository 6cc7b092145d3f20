import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import type { EngineAccess } from "../bed/access.ts";
import { createStack, type Stack } from "../bed/compose.ts";
import { hostComposeFile, service } from "./services.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

/** A stack of one service, and scripts that note when they ran. */
export interface HookedStack extends AsyncDisposable {
  readonly name: string;
  readonly stack: Stack;
  readonly workspace: Workspace;
  readonly dir: string;
  /** Makes a script that notes its hook, then does what the text says; gives back its path. */
  script(name: string, text?: string): Promise<string>;
  /** Gives the unit these hooks, and these keys of `backup`. */
  configure(
    hooks: Readonly<Record<string, unknown>>,
    backup?: Readonly<Record<string, unknown>>,
  ): Promise<void>;
  /** What was noted since the last call. */
  notes(): Promise<string[]>;
}

/** A note is the hook, its status (`-` where it has none), whether the container runs, and arguments. */
const noted = (container: string, file: string) => `#!/bin/sh
state=$(docker inspect -f '{{.State.Running}}' ${container})
echo "$STACKHOLD_HOOK \${STACKHOLD_STATUS:--} $state\${1:+ }$*" >> ${file}
`;

export async function createHookedStack(
  engine: EngineAccess,
  labels?: (log: string) => Readonly<Record<string, string>>,
): Promise<HookedStack> {
  const dir = await mkdtemp(join(tmpdir(), "stackhold-hooks-"));
  const log = join(dir, "log", "notes");
  await mkdir(join(dir, "log"));
  await writeFile(log, "");
  const noting = `${join(dir, "log")}:${join(dir, "log")}`;
  const app = service({
    volumes: ["data:/data", ...(labels === undefined ? [] : [noting])],
    labels: { ...labels?.(log), "stackhold.exclude": "notes" },
  });
  const files = { "compose.yaml": hostComposeFile({ app }, { data: {} }) };
  const stack = await createStack(engine, { files });
  await stack.compose(["up", "-d"]);
  const workspace = await createWorkspace(engine, { stacksDir: stack.root });
  const plain = await readFile(workspace.configFile, "utf8");
  return {
    name: stack.name,
    stack,
    workspace,
    dir,
    async script(name, text = "") {
      const file = join(dir, name);
      await writeFile(file, `${noted(`${stack.name}-app-1`, log)}${text}\n`);
      await chmod(file, 0o755);
      return file;
    },
    async configure(hooks, backup = {}) {
      await writeFile(workspace.configFile, plain + stringify({ backup: { ...backup, hooks } }));
    },
    async notes() {
      const lines = (await readFile(log, "utf8")).split("\n").filter(Boolean);
      await writeFile(log, "");
      return lines;
    },
    async [Symbol.asyncDispose]() {
      await stack[Symbol.asyncDispose]();
      await workspace[Symbol.asyncDispose]();
      await rm(dir, { recursive: true });
    },
  };
}
