import type { Emit, Step } from "../events/event.ts";
import type { Capture } from "../ports/capture.ts";
import type { Clock } from "../ports/clock.ts";
import type { Composer } from "../ports/composer.ts";
import type { Engine } from "../ports/engine.ts";
import type { History } from "../ports/history.ts";
import type { HookPrograms } from "../ports/hooks.ts";
import type { Guard, Journal } from "../ports/journal.ts";
import type { Locks } from "../ports/locks.ts";
import type { Repository } from "../ports/repository.ts";
import type { ScriptDirectories } from "../ports/script-directories.ts";
import type { Snapshots } from "../ports/snapshots.ts";
import type { StateSpool } from "../ports/spool.ts";
import type { StackFiles } from "../ports/stack-files.ts";

/** What every operation that touches units may use. Built once in main.ts. */
export interface Deps {
  readonly engine: Engine;
  readonly composer: Composer;
  readonly capture: Capture;
  readonly snapshots: Snapshots;
  readonly stackFiles: StackFiles;
  readonly journal: Journal;
  readonly guard: Guard;
  readonly hooks: HookPrograms;
  readonly scripts: ScriptDirectories;
  readonly stateSpool: StateSpool;
  readonly locks: Locks;
  readonly history: History;
  readonly clock: Clock;
  /** Ends Compose where a dead run left it at work. */
  readonly endOrphans: () => Promise<void>;
  /** In the order of the configuration. */
  readonly repositories: readonly Repository[];
  readonly settings: Settings;
}

export interface Settings {
  /** Undefined: the engine's name. */
  readonly host?: string;
  readonly stacksDir: string;
  readonly extraStacks: readonly string[];
  /** Directories of Stackhold's own that are never captured. */
  readonly ownPaths: readonly { readonly path: string; readonly what: string }[];
  readonly version: string;
  /** Of this process. */
  readonly pid: number;
  readonly cores: number;
  readonly freeMemoryBytes: number;
}

export interface Context {
  readonly runId: string;
  readonly signal: AbortSignal;
  readonly emit: Emit;
}

/** Runs a step and reports its time. */
export async function step<T>(
  name: Step,
  unit: string | undefined,
  clock: Clock,
  context: Pick<Context, "emit">,
  work: () => Promise<T>,
): Promise<T> {
  const of = unit === undefined ? {} : { unit };
  context.emit({ type: "step.started", ...of, step: name });
  const began = clock.monotonic();
  try {
    return await work();
  } finally {
    const durationMs = clock.monotonic() - began;
    context.emit({ type: "step.finished", ...of, step: name, durationMs });
  }
}
