/** A directory's entries by name, symbolic links followed, in the order of their names. */
export interface Listing {
  /** The directory with symbolic links resolved. */
  readonly realPath: string;
  readonly directories: readonly string[];
  readonly files: readonly string[];
  /** Whatever else there is: links that lead nowhere, sockets, … */
  readonly others: readonly string[];
}

/**
 * Reads the directories in which compose files lie, on the engine's host. Reads only, and nothing
 * but names and small files. Safe to call many times at once.
 */
export interface StackFiles {
  /** Undefined where there is no such directory; SOURCE_UNREADABLE where it may not be read. */
  list(directory: string): Promise<Listing | undefined>;
  /** UTF-8; undefined where there is no such file; SOURCE_UNREADABLE for anything unfit as text, and above 4 MiB. */
  read(file: string): Promise<string | undefined>;
  /** The same for whatever a small file holds. */
  readBytes(file: string): Promise<Uint8Array | undefined>;
  /** With symbolic links resolved; undefined where nothing can be found there. */
  realPath(path: string): Promise<string | undefined>;
}
