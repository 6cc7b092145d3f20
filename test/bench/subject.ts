import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { EngineAccess } from "../bed/access.ts";
import { createStack, type Stack } from "../bed/compose.ts";
import { run } from "../bed/run.ts";
import { composeFile, service } from "../support/services.ts";
import { createWorkspace, type Workspace } from "../support/workspace.ts";
import { type CommandOptions, type Timed, timed } from "./command.ts";
import { type Tree, writeTree } from "./data/tree.ts";
import { removeTree } from "./fairness.ts";

export const program = join(import.meta.dirname, "..", "..", "stackhold");

/** A real stack of one container that holds the data, and a Stackhold of its own. */
export interface Subject extends AsyncDisposable, EngineAccess {
  readonly stack: Stack;
  readonly workspace: Workspace;
  readonly container: string;
  /** The data on this host. */
  readonly source: string;
  /** For outputs; on one file system with the repository. */
  readonly scratch: string;
  /** A command of the built program, through the launcher, with this configuration. */
  argv(...args: string[]): string[];
  stackhold(args: readonly string[], options?: CommandOptions): Promise<Timed>;
  /** The volume's archive in the newest point. */
  newestArchive(): Promise<string>;
  /** Back to before the first backup. */
  forgetPoints(): Promise<void>;
}

const volume = "data";
/** A wait after the restart that no other tool makes, and that nothing is done in. */
const impatient = { STACKHOLD_BACKUP_STAY_UP: "0" };

/** In a volume of the engine or, where a place is given, in a directory there, as the project is. */
export async function createSubject(
  engine: EngineAccess,
  tree: Tree,
  place?: string,
): Promise<Subject> {
  await using undo = new AsyncDisposableStack();
  const bound = place === undefined ? undefined : join(place, volume);
  const app = service({ volumes: [`${bound ?? volume}:/data`] });
  const compose = composeFile({ app }, bound === undefined ? { [volume]: {} } : {});
  if (bound !== undefined) await mkdir(bound);
  const stack = undo.use(
    await createStack(engine, {
      files: { "compose.yaml": compose },
      ...(place === undefined ? {} : { under: place }),
    }),
  );
  const workspace = undo.use(await createWorkspace(engine, { stacksDir: stack.root }));
  await stack.up();
  const env = { ...engine.env, ...impatient };
  const argv = (...args: string[]) => [program, "--config", workspace.configFile, ...args];
  const source = bound ?? (await mountpoint(`${stack.name}_${volume}`, env));
  await writeTree(source, tree);
  const scratch = join(workspace.root, "scratch");
  await mkdir(scratch);
  undo.defer(async () => void (await run(["rm", "-rf", scratch]))); // millions of files
  const disposal = undo.move();
  return {
    ...engine,
    env,
    stack,
    workspace,
    container: `${stack.name}-app-1`,
    source,
    scratch,
    argv,
    stackhold: (args, options) => timed(argv(...args), { env, ...options }),
    newestArchive: async () => {
      const point = join(workspace.backupDir, "testhost", stack.name, "latest");
      const name = (await readdir(point)).find((file) => file.startsWith("volume-"));
      if (name === undefined) throw new Error(`${point} has no archive of the volume`);
      return join(point, name);
    },
    forgetPoints: async () => {
      await removeTree(workspace.backupDir);
      await removeTree(workspace.stateDir);
    },
    [Symbol.asyncDispose]: () => disposal.disposeAsync(),
  };
}

/** Two points of a unit cannot begin in one second: the second would wait, and be measured waiting. */
export async function nextSecond(): Promise<void> {
  await delay(1010 - (Date.now() % 1000));
}

async function mountpoint(name: string, env: NodeJS.ProcessEnv): Promise<string> {
  const ask = ["docker", "volume", "inspect", "--format", "{{.Mountpoint}}", name];
  const path = (await run(ask, { env })).stdout.trim();
  await readdir(path).catch((cause: unknown) => {
    throw new Error("the engine's volumes are not on this host, or this is not root", { cause });
  });
  return path;
}
