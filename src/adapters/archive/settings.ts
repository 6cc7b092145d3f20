import type { Compression } from "../../domain/manifest.ts";
import type { Capture } from "../../ports/capture.ts";
import type { Clock } from "../../ports/clock.ts";
import type { AgeProgram } from "../age/age-program.ts";
import type { Encryption } from "./encryption.ts";

export interface ArchiveSettings {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly compression: Compression;
  readonly level: number;
}

export interface Sealing {
  readonly age: AgeProgram;
  readonly keys: Encryption;
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
  /** Of a repository that is encrypted. Its `capture` opens what is. */
  readonly sealing?: Sealing;
}
