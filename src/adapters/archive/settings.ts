import type { Compression } from "../../domain/manifest.ts";
import type { Capture } from "../../ports/capture.ts";
import type { Clock } from "../../ports/clock.ts";

export interface ArchiveSettings {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly compression: Compression;
  readonly level: number;
}

export interface ArchiveDeps {
  readonly capture: Pick<
    Capture,
    | "archive"
    | "contents"
    | "pick"
    | "pour"
    | "pourFiles"
    | "extract"
    | "inspect"
    | "inspectListing"
    | "inspectDeletions"
    | "sample"
    | "space"
  >;
  readonly clock: Clock;
}
