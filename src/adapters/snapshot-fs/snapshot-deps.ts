import type { Runner } from "../../exec/runner.ts";
import type { InTurn } from "./in-turn.ts";

export interface SnapshotDeps {
  readonly runner: Runner;
  /** By the directory that is worked on. */
  readonly inTurn: InTurn;
}
