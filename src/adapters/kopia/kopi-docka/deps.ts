import { join } from "node:path";
import type { Runner } from "../../../exec/runner.ts";
import type { Capture } from "../../../ports/capture.ts";
import type { KopiaClient } from "../client.ts";
import { scratchIn } from "../points/part-files.ts";

export interface KopiDockaDeps {
  /** Of the repository as Stackhold's configuration calls it. */
  readonly repository: string;
  readonly client: Pick<KopiaClient, "run" | "stream">;
  readonly capture: Pick<
    Capture,
    "extract" | "contents" | "pick" | "pour" | "pourFiles" | "inspect" | "archive"
  >;
  readonly runner: Pick<Runner, "run">;
  /** An existing private directory of this repository, with what is remembered of it. */
  readonly stateDir: string;
}

/** A private directory for as long as something is read. */
export function scratchOf({ stateDir }: Pick<KopiDockaDeps, "stateDir">) {
  return scratchIn(join(stateDir, "writing"));
}
