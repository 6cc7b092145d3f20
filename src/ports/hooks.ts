import type { CommandEnd, HookCommand } from "../domain/hooks.ts";

export interface HookRun {
  /** Beside PATH, HOME and what else docs/hooks.md names. */
  readonly environment: Readonly<Record<string, string>>;
  /** Names the run and its unit: what it leaves at work is found by this. */
  readonly mark: string;
  readonly limitSeconds: number;
  /** Of stdout and stderr, as it prints them. */
  readonly onLine: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Programs of the user, on this host. */
export interface HookPrograms {
  /**
   * HOOK_FAILED with the reason where a program is not there or not executable, or where somebody
   * else than root and the user of this process could have written it.
   */
  check(argv: HookCommand): Promise<void>;
  /**
   * Checks, runs, and returns when the program ended; others that it left in the background do not
   * count. At the limit, and with the signal, it is ended with all of its process group: TERM, then
   * KILL. HOOK_FAILED where the check refuses it.
   */
  run(argv: HookCommand, run: HookRun): Promise<CommandEnd>;
  /** Ends programs and commands in containers of this host that a dead run left at work. */
  endLeftovers(mark: string): Promise<void>;
}
