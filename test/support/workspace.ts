import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import type { EngineAccess } from "../bed/access.ts";
import { type Finished, type Started, startStackhold } from "./stackhold.ts";

/** A Stackhold of its own: configuration, state, logs and repository in one directory. */
export interface Workspace extends AsyncDisposable {
  readonly root: string;
  readonly configFile: string;
  readonly backupDir: string;
  readonly stateDir: string;
  readonly logDir: string;
  /** Runs the built program with this configuration and waits for its end. */
  stackhold(args: readonly string[], options?: RunOptions): Promise<Finished>;
  start(args: readonly string[], options?: RunOptions): Started;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  readonly prefix?: readonly string[];
}

export interface WorkspaceOptions {
  /** Where `stacks_dir` points; an empty directory of the workspace where absent. */
  readonly stacksDir?: string;
  /** Further configuration keys. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Instead of the workspace's own directory. */
  readonly backupDir?: string;
  /** Of every run. */
  readonly env?: Readonly<Record<string, string>>;
}

export async function createWorkspace(
  engine: EngineAccess,
  options: WorkspaceOptions = {},
): Promise<Workspace> {
  const root = await mkdtemp(join(tmpdir(), "stackhold-work-"));
  const place = (name: string) => join(root, name);
  await mkdir(place("stacks"));
  const backupDir = options.backupDir ?? place("backups");
  const configFile = place("config.yaml");
  const config = {
    host: "testhost",
    stacks_dir: options.stacksDir ?? place("stacks"),
    backup_dir: backupDir,
    state_dir: place("state"),
    log_dir: place("logs"),
    recovery: { path: place("recovery") },
    docker: { host: engine.dockerHost },
    ...options.config,
  };
  await writeFile(configFile, stringify(config), { mode: 0o600 });
  const start = (args: readonly string[], run: RunOptions = {}) =>
    startStackhold(["--config", configFile, ...args], {
      ...run,
      env: { ...engine.env, ...options.env, ...run.env },
    });
  return {
    root,
    configFile,
    backupDir,
    stateDir: place("state"),
    logDir: place("logs"),
    start,
    stackhold: (args, run) => start(args, run).finished,
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}
