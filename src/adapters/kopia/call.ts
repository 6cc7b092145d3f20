import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { RunOptions } from "../../exec/command.ts";
import type { Environment } from "../../exec/environment.ts";
import { watchHeldUp } from "../../exec/held-up.ts";
import { parentMark } from "../../exec/orphans.ts";
import type { ProcessResult } from "../../exec/result.ts";
import { failureOf } from "./failures.ts";
import { makeOfProcess } from "./of-process.ts";
import { program } from "./program.ts";
import type { KopiaDeps, KopiaSettings } from "./settings.ts";

/** Where one call finds its connection. */
export interface Place {
  readonly configFile: string;
  readonly cacheDir: string;
}

export function ownPlace({ stateDir, cacheDir }: KopiaSettings): Place {
  return { configFile: join(stateDir, "repository.config"), cacheDir };
}

export interface KopiaOptions extends RunOptions {
  /** Of a line on stderr: why the call cannot succeed any more; it is ended then. */
  readonly hopeless?: (line: string) => string | undefined;
  /** Of a call that reads files alone: called before it is ended because it waits for what is none. */
  readonly onHeldUp?: () => void;
}

/** Maintenance is asked for, never a side effect of another call. */
const ownFlags = ["--disable-file-logging", "--no-auto-maintenance"];

/** Runs `kopia ARGS` at a place; throws what its failure means. */
export async function callKopia(
  settings: KopiaSettings,
  deps: KopiaDeps,
  place: Place,
  args: readonly string[],
  { hopeless, onHeldUp, ...options }: KopiaOptions = {},
): Promise<ProcessResult> {
  const flags = ownFlags.filter((flag) => !args.includes(flag));
  const giveUp = new AbortController();
  let lost: string | undefined;
  const onStderrLine = (line: string) => {
    lost ??= hopeless?.(line);
    if (lost !== undefined) giveUp.abort();
    options.onStderrLine?.(line);
  };
  const heldUp = () => {
    lost ??= "it waited for a FIFO or a device that took the place of a file";
    onHeldUp?.();
    giveUp.abort();
  };
  const result = await withOwnTemporary(settings, options, async (temporary) => {
    const running = await deps.runner.start(
      { program, args: [...flags, ...args] },
      {
        diesWithParent: true,
        ...options,
        ...(hopeless === undefined ? {} : { onStderrLine }),
        signal: AbortSignal.any([giveUp.signal, ...(options.signal ? [options.signal] : [])]),
        environment: { ...environment(settings, place), ...temporary, ...options.environment },
      },
    );
    const unwatch =
      onHeldUp === undefined || running.pid === undefined
        ? undefined
        : watchHeldUp(running.pid, heldUp);
    return await running.done.finally(unwatch);
  });
  if (result.verdict !== "failure") return result;
  const isGivenUp = lost !== undefined && options.signal?.aborted !== true;
  const told = isGivenUp
    ? { ...result, cancelled: false, signal: null, stderr: lost ?? "" }
    : result;
  throw failureOf({ name: settings.name, program }, told, `kopia ${words(args)}`);
}

/**
 * Where rclone serves it a remote, Kopia makes keys and passwords of its own in files, which it leaves when it is
 * killed. A call that may outlive this process keeps them where nobody sweeps.
 */
async function withOwnTemporary<T>(
  { storage, stateDir }: KopiaSettings,
  { diesWithParent = true }: RunOptions,
  work: (environment: Environment) => Promise<T>,
): Promise<T> {
  if (storage.type !== "rclone" || !diesWithParent) return await work({});
  const directory = await makeOfProcess(stateDir, "calling");
  try {
    return await work({ TMPDIR: directory });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Nothing of it is kept outside the place, and nothing is asked of anybody else. */
function environment({ password, stateDir }: KopiaSettings, { configFile, cacheDir }: Place) {
  return {
    KOPIA_PASSWORD: password.reveal(),
    KOPIA_CONFIG_PATH: configFile,
    KOPIA_CACHE_DIRECTORY: cacheDir,
    KOPIA_LOG_DIR: join(stateDir, "logs"),
    KOPIA_PERSIST_CREDENTIALS_ON_CONNECT: "false",
    KOPIA_USE_KEYRING: "false",
    KOPIA_CHECK_FOR_UPDATES: "false",
    KOPIA_SEND_ERROR_NOTIFICATIONS: "never",
    KOPIA_DISABLE_REPOSITORY_LOG: "true",
    ...parentMark(),
  };
}

/** What was asked, for people: the command without its flags and what it was asked of. */
function words(args: readonly string[]): string {
  return args
    .filter((arg) => /^[a-z][a-z-]*$/.test(arg))
    .slice(0, 2)
    .join(" ");
}
