import type { LoadedConfig } from "../config/load.ts";
import type { Secret } from "../domain/secret.ts";
import type { Operation } from "../events/event.ts";
import type { Context, Deps } from "../operations/context.ts";
import type { Prompts } from "./prompts.ts";

/** Options that every command takes. */
export interface GlobalOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly events?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  /** commander's name for `--no-color`. */
  readonly color?: boolean;
}

/** What a command ends with. */
export interface Answer {
  /** The one document of `--json`, and the result of `run.finished`. */
  readonly document: unknown;
  /** What a person reads instead; asked for only then. */
  readonly text: () => string;
  readonly exitCode: number;
  /** It is on stdout already: neither document nor text are printed. */
  readonly printed?: true;
}

export type Decision = "yes" | "no" | "quit";

/** A command's hold on the world: dependencies, events, cancellation. */
export interface Session {
  readonly loaded: LoadedConfig;
  readonly deps: Deps;
  readonly context: Context;
}

/** A secret that is not in the configuration. */
export interface NewSecret {
  /** What `flag` says. */
  readonly file?: string;
  readonly flag: string;
  /** Of the environment; with `_FILE` it names a file. */
  readonly variable: string;
  readonly what: string;
}

/** What main.ts gives the commands; they know nothing else of the process. */
export interface App {
  readonly version: string;
  readonly isTerminal: boolean;
  /**
   * Runs work that touches units: events, log files and signals are in place around it. Where it
   * replaces nothing it goes on without a writable state directory.
   */
  run(
    operation: Operation | "query",
    options: GlobalOptions,
    work: (session: Session) => Promise<Answer>,
    how?: { readonly replacesNothing: boolean },
  ): Promise<void>;
  /** Runs work that needs the configuration alone, or not even that. */
  plain(options: GlobalOptions, work: () => Promise<Answer>): Promise<void>;
  /** Work that looks at this host and changes nothing, without events. */
  look<T>(loaded: LoadedConfig, work: (deps: Deps) => Promise<T>): Promise<T>;
  loadConfig(options: GlobalOptions): Promise<LoadedConfig>;
  tools(): Promise<Readonly<Record<string, string | null>>>;
  /** Of the terminal that stdout is; undefined where it is none. */
  readonly columns: number | undefined;
  /**
   * Writes to stdout what is too much for one answer. Resolves when there is room for more;
   * CANCELLED when nobody reads it any longer.
   */
  write(chunk: string | Uint8Array): Promise<void>;
  /** Asks on the terminal; false for anything but yes. */
  confirm(question: string): Promise<boolean>;
  readonly prompts: Prompts;
  /** USAGE where it is neither given nor can be asked for. */
  newSecret(asked: NewSecret): Promise<Secret>;
  /** Asks on the terminal; no for anything but yes and quit, quit where nobody answers. */
  decide(question: string): Promise<Decision>;
}
