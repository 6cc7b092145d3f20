import type { AbsentService } from "../unit.ts";
import type { LabelledStack } from "./group-containers.ts";

/** A stack as its directory tells of it. */
export interface DirectoryStack {
  readonly project: string;
  readonly workingDir: string;
  readonly composeFiles: readonly string[];
  readonly environmentFiles: readonly string[];
  readonly services: readonly AbsentService[];
}

/** A stack that containers name, with what its files and directory say where they can be read. */
export interface ResolvedStack extends LabelledStack {
  /** The working directory of the labels is on this host. */
  readonly directoryExists: boolean;
  /** As in `Unit`. */
  readonly seenAs?: string;
  readonly mayBe?: readonly string[];
  readonly services: readonly AbsentService[];
}
