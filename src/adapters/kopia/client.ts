import type { z } from "zod";
import type { ByteSink, RunOptions } from "../../exec/command.ts";
import { readJson } from "./answers.ts";
import { callKopia, type KopiaOptions, ownPlace } from "./call.ts";
import {
  acceptReplacement,
  type Connected,
  connectRepository,
  forgetConnection,
} from "./connection.ts";
import { requireKopia } from "./program.ts";
import type { KopiaDeps, KopiaSettings } from "./settings.ts";

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Each line of Kopia's log and progress, as it prints it on stderr. */
  readonly onLine?: (line: string) => void;
  /** Of such a line: why the call cannot succeed any more; it is ended then, and fails for that. */
  readonly hopeless?: (line: string) => string | undefined;
  /** Of a call that reads files alone: called before it is ended because it waits for what is none. */
  readonly onHeldUp?: () => void;
  readonly stdin?: string | Uint8Array | number;
  readonly timeoutMs?: number;
}

/** What will be asked of a repository next: its answers are worth something if it is the one that it was. */
export interface Besides {
  /** Never fails: what does, will again. */
  ask(options: CallOptions): Promise<void>;
  forget(): void;
}

export interface ConnectOptions {
  readonly create: boolean;
  readonly signal?: AbortSignal;
  /** Must not fail before anything is made; its failure is the one that is told. */
  readonly ready?: Promise<unknown>;
  /** Asked while a connection that is there is tried. */
  readonly beside?: Besides;
}

/**
 * Kopia with one repository, through a configuration and a cache of its own. Failures name the
 * repository: WRONG_CREDENTIALS, REPOSITORY_UNUSABLE, NO_SPACE, TOOL_MISSING, TOOL_FAILED, CANCELLED.
 * Every call but `connect` wants a connection. Maintenance never runs beside a call.
 */
export interface KopiaClient {
  /**
   * Connects where that was not done yet in this process, in at most a minute; `create`: makes the
   * repository where there is none. A connection that failed is tried again. `replaced`: another
   * repository lies there than before; it says so until that was accepted.
   */
  connect(options: ConnectOptions): Promise<Connected["outcome"]>;
  acceptReplacement(): Promise<void>;
  /** TOOL_MISSING where Kopia is not there or too old. */
  version(): Promise<string>;
  /** Runs `kopia ARGS` and reads its stdout as JSON. */
  ask<T>(schema: z.ZodType<T>, args: readonly string[], options?: CallOptions): Promise<T>;
  /** Runs `kopia ARGS`; what it prints on stdout is dropped. */
  run(args: readonly string[], options?: CallOptions): Promise<void>;
  /** Runs `kopia ARGS` and hands over its stdout as it comes. */
  stream(
    args: readonly string[],
    onBytes: ByteSink["onBytes"],
    options?: CallOptions,
  ): Promise<void>;
  /** Forgets the connection and drops its cache; false where there was none. */
  disconnect(): Promise<boolean>;
}

export function createKopiaClient(settings: KopiaSettings, deps: KopiaDeps): KopiaClient {
  let version: Promise<string> | undefined;
  let connected: Promise<Connected> | undefined;
  const place = ownPlace(settings);

  const askVersion = (): Promise<string> => {
    version ??= requireKopia(deps.runner);
    version.catch(() => {
      version = undefined;
    });
    return version;
  };
  const connectNow = async (options: ConnectOptions): Promise<Connected> => {
    const ready = Promise.all([askVersion(), options.ready]);
    ready.catch(() => undefined); // heard below
    const connected = await connectRepository(settings, deps, { ...options, ready }).catch(
      async (failure: unknown) => {
        await ready;
        throw failure;
      },
    );
    await ready;
    return connected;
  };
  // One after the other: who comes while another connects takes what that one gets.
  const connect = (options: ConnectOptions): Promise<Connected> => {
    const before = connected ?? Promise.resolve(undefined);
    const mine = before
      .catch(() => undefined)
      .then((earlier) =>
        earlier === undefined ? connectNow(options) : { ...earlier, outcome: again(earlier) },
      );
    connected = mine;
    return mine;
  };
  const call = (args: readonly string[], options: CallOptions, stdout?: RunOptions["stdout"]) =>
    callKopia(settings, deps, place, args, {
      ...runOptions(options),
      ...(stdout === undefined ? {} : { stdout }),
    });

  return {
    connect: async (options) => (await connect(options)).outcome,
    acceptReplacement: async () => {
      await acceptReplacement(settings);
      connected = connected?.then((made) => ({ ...made, outcome: "found" }));
    },
    version: askVersion,
    ask: async (schema, args, options = {}) => {
      const { stdout } = await callKopia(settings, deps, place, args, {
        ...runOptions(options),
        ...{ stdout: "capture", stdoutLimit: largestAnswer },
      });
      return readJson(schema, stdout, `repository ${settings.name}: kopia ${args[0]}`);
    },
    run: async (args, options = {}) => {
      await call(args, options);
    },
    stream: async (args, onBytes, options = {}) => {
      await call(args, options, { onBytes });
    },
    disconnect: async () => {
      await connected?.catch(() => undefined);
      connected = undefined;
      return forgetConnection(settings);
    },
  };
}

const again = ({ outcome }: Connected) => (outcome === "made" ? "found" : outcome);

/** A list of snapshots has a kilobyte for each: of many hosts and years there are some 100,000. */
const largestAnswer = 512 << 20;

function runOptions(options: CallOptions): KopiaOptions {
  const { signal, onLine, hopeless, onHeldUp, stdin, timeoutMs } = options;
  return {
    ...(onHeldUp === undefined ? {} : { onHeldUp }),
    ...(hopeless === undefined ? {} : { hopeless }),
    ...(signal === undefined ? {} : { signal }),
    ...(onLine === undefined ? {} : { onStderrLine: onLine, returnsEndLines: true }),
    ...(stdin === undefined ? {} : { stdin }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}
