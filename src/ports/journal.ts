import type { Hook } from "../domain/hooks.ts";
import type { Quiesce } from "../domain/manifest.ts";
import type { Connection } from "../domain/networks/connection.ts";
import type { NetworkDefinition } from "../domain/networks/definition.ts";
import type { RestartPolicy } from "../domain/unit.ts";
import type { Swap } from "./capture.ts";
import type { ComposeProject, ComposeService } from "./composer.ts";

/** A container that a run takes down and that must run again, in the order of starting. */
export interface JournaledContainer {
  readonly id: string;
  readonly name: string;
  readonly project?: string;
  readonly service?: string;
  readonly number: number;
  /** Seconds that the engine may take to stop it. */
  readonly stopTimeout: number;
  /** Containers of one rank start together, lower ranks first. */
  readonly rank: number;
  /** Restarted after it because it lives in its network namespace, though of another unit. */
  readonly follower: boolean;
  /** Ran before, so it must run again. */
  readonly start: boolean;
  /** A restore had it created: a rollback removes it. Its id may be a name that it alone may have. */
  readonly created?: boolean;
  /** Names of volumes that were made for it: a rollback removes them after it. */
  readonly volumes?: readonly string[];
  /** Set while the container's restart policy is switched off. */
  readonly restartPolicy?: RestartPolicy;
}

/** A network that a restore makes, or makes anew, and what it needs to be as before. */
export interface JournaledNetwork {
  /** As the restore makes it. */
  readonly definition: NetworkDefinition;
  /** Its id, once it is known. */
  readonly made?: string;
  /** What had the name before; absent where nothing had. */
  readonly former?: { readonly id: string; readonly definition: NetworkDefinition };
  /** Every container that was in it, also of other units and stopped ones. */
  readonly connections: readonly Connection[];
}

/** Everything needed to put a unit right when its run is gone. */
export interface JournalEntry {
  readonly version: 1;
  readonly unit: string;
  readonly runId: string;
  readonly operation: "backup" | "restore";
  readonly pid: number;
  readonly startedAt: string;
  readonly quiesce: Quiesce;
  readonly containers: readonly JournaledContainer[];
  /** For `down`: how to create the containers again. */
  readonly compose?: {
    readonly project: ComposeProject;
    readonly services: readonly ComposeService[];
  };
  /** For a restore: undone in reverse order before anything starts. */
  readonly swaps: readonly Swap[];
  /** What a restore staged: discarded after the rollback. */
  readonly stages: readonly Swap[];
  /** Host paths at which a restore may have mounted a volume itself: unmounted before anything starts. */
  readonly mounts?: readonly string[];
  /**
   * The Compose project that a restore makes. Nothing carried its label before, so a rollback of
   * its swaps begins with removing whatever carries it now.
   */
  readonly creates?: string;
  /** Undone before anything starts: what was there before returns, with everybody who was in it. */
  readonly networks?: readonly JournaledNetwork[];
  readonly hooks?: JournaledHooks;
}

/** Hooks that run once everything else is right again. */
export interface JournaledHooks {
  readonly backupId: string;
  /** Seconds that each may take. */
  readonly limit: number;
  readonly post: readonly Hook[];
}

/** Durable before `write` returns: file and directory are flushed. One entry per unit. */
export interface Journal {
  write(entry: JournalEntry): Promise<void>;
  read(unit: string): Promise<JournalEntry | undefined>;
  /** Names of the units that have an entry, readable or not, sorted. */
  units(): Promise<string[]>;
  close(unit: string): Promise<void>;
}

/** A process that outlives this one and puts the unit right when this one ends without goodbye. */
export interface Guard {
  arm(unit: string, limitSeconds: number): Promise<ArmedGuard>;
}

export interface ArmedGuard {
  /** The work goes on: restarts the guard's limit. */
  beat(): void;
  /** Goodbye: nothing is left to put right. Idempotent. */
  dismiss(): Promise<void>;
}
