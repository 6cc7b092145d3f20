import { availableParallelism, freemem, homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { type AgeProgram, createAgeProgram } from "../adapters/age/age-program.ts";
import { createEncryption } from "../adapters/archive/encryption.ts";
import { makeDirectories } from "../adapters/archive/make-directories.ts";
import { createArchiveRepository } from "../adapters/archive/repository.ts";
import { dockerComposer } from "../adapters/compose/composer.ts";
import { composeMemory } from "../adapters/compose/remember.ts";
import { dialStdio } from "../adapters/docker/dial-stdio.ts";
import { cliEnvironment, resolveEndpoint } from "../adapters/docker/endpoint.ts";
import { dockerEngine } from "../adapters/docker/engine.ts";
import { dockerConfigAuth } from "../adapters/docker/registry-auth.ts";
import { createHostHooks } from "../adapters/host-hooks/host-hooks.ts";
import { createJournalFiles } from "../adapters/journal-files/journal.ts";
import { createKopiaRepository } from "../adapters/kopia/repository.ts";
import { createScriptFiles } from "../adapters/script-files/script-files.ts";
import { createGuard } from "../adapters/sh-guard/guard.ts";
import { createSnapshots } from "../adapters/snapshot-fs/snapshot-fs.ts";
import { createHistory } from "../adapters/sqlite/history.ts";
import { createLocks } from "../adapters/sqlite/locks.ts";
import { localStackFiles } from "../adapters/stack-files/stack-files.ts";
import { createStateSpool } from "../adapters/state-spool/state-spool.ts";
import { createHeldMounts } from "../adapters/tar/held-mounts.ts";
import { createTarCapture } from "../adapters/tar/tar-capture.ts";
import type { Environment } from "../config/environment.ts";
import type { LoadedConfig } from "../config/load.ts";
import type { Config } from "../config/schema/config-schema.ts";
import type { ArchiveConfig } from "../config/schema/repositories.ts";
import { reasonOf, StackholdError } from "../errors.ts";
import type { Emit } from "../events/event.ts";
import { endOrphans } from "../exec/orphans.ts";
import { programStream } from "../exec/program-stream.ts";
import { createRunner, type Runner } from "../exec/runner.ts";
import type { Deps, Settings } from "../operations/context.ts";
import type { Capture } from "../ports/capture.ts";
import type { Clock } from "../ports/clock.ts";
import type { History, RunRecord } from "../ports/history.ts";
import type { Repository } from "../ports/repository.ts";
import { kopiaSettings } from "./kopia.ts";

/** That list one tree: more wait for the same disk. */
const mostFinds = 4;

export interface DepsInput {
  readonly loaded: LoadedConfig;
  readonly env: Environment;
  readonly clock: Clock;
  readonly version: string;
  /** Absolute path of this program, for the guard's recovery. */
  readonly program: string;
  readonly emit: Emit;
  /** Blanks every secret that is known. */
  readonly scrub: Scrub;
  /** Without it nothing is begun that has to be put right when this process dies. */
  readonly needsState: boolean;
}

export function createToolRunner(env: Environment, clock: Clock): Runner {
  return createRunner({ environment: env, monotonic: () => clock.monotonic() });
}

function settings(config: Config, version: string): Settings {
  return {
    ...(config.host === undefined ? {} : { host: config.host }),
    stacksDir: config.stacks_dir,
    extraStacks: config.extra_stacks,
    ownPaths: [
      { path: config.state_dir, what: "Stackhold's state directory" },
      { path: config.log_dir, what: "Stackhold's log directory" },
      { path: config.recovery.path, what: "the directory of recovery bundles" },
    ],
    version,
    pid: process.pid,
    cores: availableParallelism(),
    freeMemoryBytes: freemem(),
  };
}

/** Opens what is encrypted, and reaches what the other one holds. */
type CaptureWith = (identity?: () => Promise<string>) => Capture;

interface RepositoryDeps {
  readonly captureWith: CaptureWith;
  readonly age: AgeProgram;
  readonly clock: Clock;
  readonly runner: Runner;
  /** The user's directory. */
  readonly home: string;
  readonly onWarning: (message: string) => void;
}

function archiveRepository(
  name: string,
  { path, compression, level, encryption }: ArchiveConfig,
  { captureWith, age, clock }: RepositoryDeps,
): Repository {
  const settings = { name, path, compression, level };
  if (encryption === undefined) {
    return createArchiveRepository(settings, { capture: captureWith(), clock });
  }
  const { recipients = [], recipients_file: recipientsFile, identity, passphrase } = encryption;
  const keys = createEncryption({
    name,
    path,
    recipients,
    ...(recipientsFile === undefined ? {} : { recipientsFile }),
    ...(identity === undefined ? {} : { identity: identity.reveal() }),
    ...(passphrase === undefined ? {} : { passphrase: passphrase.reveal() }),
  });
  const capture = captureWith(keys.identity);
  return createArchiveRepository(settings, { capture, clock, sealing: { age, keys } });
}

function repositories(config: Config, deps: RepositoryDeps): Repository[] {
  const { captureWith, clock, home, runner, onWarning } = deps;
  return Object.entries(config.repositories).map(([name, repository]) => {
    if (repository.type === "archive") return archiveRepository(name, repository, deps);
    const settings = kopiaSettings(name, repository, { stateDir: config.state_dir, home });
    return createKopiaRepository(settings, { runner, clock, capture: captureWith(), onWarning });
  });
}

async function requireState(path: string): Promise<void> {
  try {
    await makeDirectories(path);
  } catch (cause) {
    throw new StackholdError(
      "CONFIG_UNREADABLE",
      `the state directory ${path} cannot be made: ${reasonOf(cause)}`,
      {
        hint: "run as root, or set state_dir to a directory of yours",
        cause,
      },
    );
  }
}

/** The guard's recovery must find the same configuration and the same engine as this run. */
function recoverCommand({ loaded, program }: DepsInput): string[] {
  const config = loaded.file === undefined ? [] : ["--config", loaded.file];
  return [process.execPath, program, ...config, "recover"];
}

type Scrub = <T>(value: T) => T;

/** What a run says of itself may quote what a hook or a tool said. */
function withoutSecrets(history: History, scrub: Scrub): History {
  const noted = (run: RunRecord): RunRecord =>
    run.result === undefined ? run : { ...run, result: scrub(run.result) };
  return { ...history, finishRun: (run) => history.finishRun(noted(run)) };
}

/** The one place where ports meet their adapters. */
export async function buildDeps(input: DepsInput): Promise<Deps & Disposable> {
  const { loaded, env, clock, emit, scrub } = input;
  const { config } = loaded;
  const stateDir = config.state_dir;
  if (input.needsState) await requireState(stateDir);
  const runner = createToolRunner(env, clock);
  const host = config.docker.host;
  const endpoint = await resolveEndpoint({
    ...(host === undefined ? {} : { host }),
    environment: env,
  });
  const docker = cliEnvironment(endpoint);
  const engine = dockerEngine({
    endpoint,
    dial: dialStdio(env),
    registryAuth: dockerConfigAuth(env, runner),
  });
  const mounts = createHeldMounts();
  const pace = { portions: Math.min(mostFinds, availableParallelism()) };
  const captureWith: CaptureWith = (identity) =>
    createTarCapture({ runner, pace, mounts, ...(identity === undefined ? {} : { identity }) });
  const age = createAgeProgram({
    runner,
    stream: (command, extra) => programStream(command, { environment: env, extra }),
  });
  const onWarning = (message: string) => emit({ type: "warning", message });
  const history = createHistory({ stateDir, onWarning });
  return {
    engine,
    composer: dockerComposer({
      runner,
      environment: docker,
      memory: composeMemory(join(stateDir, "compose"), env, docker),
    }),
    capture: captureWith(),
    snapshots: createSnapshots({ runner }),
    stackFiles: localStackFiles(),
    hooks: createHostHooks({
      runner,
      trust: { uid: process.getuid?.() ?? 0, path: env.PATH ?? "" },
      engine: docker,
    }),
    journal: createJournalFiles({ stateDir }),
    guard: createGuard({
      recoverCommand: recoverCommand(input),
      clock,
      logFile: join(stateDir, "guard.log"),
      onLost: (unit, how) =>
        emit({
          type: "warning",
          unit,
          message: `the guard ended (${how}): if this run dies now, run stackhold recover`,
        }),
    }),
    scripts: createScriptFiles(),
    stateSpool: createStateSpool({ stateDir }),
    locks: createLocks({ stateDir, clock }),
    history: withoutSecrets(history, scrub),
    clock,
    endOrphans,
    repositories: repositories(config, {
      ...{ captureWith, age, clock, runner, onWarning },
      home: env.HOME ?? homedir(),
    }),
    settings: settings(config, input.version),
    [Symbol.dispose]: () => {
      engine[Symbol.dispose]();
      history[Symbol.dispose]();
    },
  };
}
