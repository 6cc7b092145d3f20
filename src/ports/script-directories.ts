import type { ScriptFile } from "../domain/restore-script/source.ts";

/**
 * Directories of scripts to restore by hand. They hold secrets: nobody but their owner may read
 * them. Errors: USAGE, OUTPUT_UNWRITABLE, NO_SPACE.
 */
export interface ScriptDirectories {
  /** USAGE unless the path is not there yet, or an empty directory. Changes nothing. */
  examine(path: string): Promise<void>;
  /** Makes it, with what all scripts share in it. */
  begin(path: string): Promise<ScriptDirectory>;
}

export interface ScriptDirectory {
  /** A directory in it for stored files, empty at first. */
  readonly data: string;
  write(file: ScriptFile): Promise<void>;
  /** Removes what was written, and the directory where `begin` made it. */
  discard(): Promise<void>;
}
