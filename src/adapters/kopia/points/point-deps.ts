import type { Capture } from "../../../ports/capture.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { KopiaClient } from "../client.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Memory } from "./memory.ts";
import type { Recalled } from "./recalled.ts";
import type { Policies } from "./source-policy.ts";

/** What the points of one Kopia repository are written and read with. */
export interface PointDeps {
  readonly name: string;
  readonly client: KopiaClient;
  readonly catalogue: Catalogue;
  readonly policies: Recalled<Policies>;
  readonly memory: Memory;
  /** Absolute and private: for what is under way. */
  readonly workDir: string;
  /** Kopia's name, for what is stored. */
  readonly compression: string;
  /** For every snapshot. */
  readonly flags: readonly string[];
  readonly capture: Pick<
    Capture,
    | "archive"
    | "contents"
    | "extract"
    | "inspect"
    | "inspectDeletions"
    | "inspectListing"
    | "pick"
    | "pour"
    | "pourFiles"
    | "sample"
    | "space"
    | "twoPhase"
  >;
  readonly clock: Clock;
}
