import { readFile, stat } from "node:fs/promises";

export interface ConfigFile {
  readonly text: string;
  /** Permission bits. */
  readonly mode: number;
}

/** How configuration and secret files are read; undefined where there is no such file. */
export interface ConfigFiles {
  read(path: string): Promise<ConfigFile | undefined>;
}

function isAbsent(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR";
}

/** Throws as node:fs does for files that are there and cannot be read. */
export const diskFiles: ConfigFiles = {
  async read(path) {
    try {
      const [bytes, { mode }] = await Promise.all([readFile(path), stat(path)]);
      return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), mode: mode & 0o777 };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  },
};
