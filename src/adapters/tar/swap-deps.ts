import type { Runner } from "../../exec/runner.ts";

export interface SwapDeps {
  readonly runner: Runner;
  /** Called after every single change on the disk; a test that throws here is a kill. */
  readonly onStep: (step: string) => void;
}
