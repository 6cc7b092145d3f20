/** A small file of a point, as it is at hand once its snapshot was read. */
export interface StoredFile {
  /** Relative to the root of its snapshot, or of its part. */
  readonly path: string;
  readonly content: Buffer;
  readonly mode: number;
  /** Seconds since 1970. */
  readonly mtime: number;
}

export function fileAt(files: readonly StoredFile[], path: string): StoredFile | undefined {
  return files.find((file) => file.path === path);
}

/** Undefined for what is no JSON. */
export function jsonOf({ content }: Pick<StoredFile, "content">): unknown {
  try {
    return JSON.parse(content.toString("utf8"));
  } catch {
    return undefined;
  }
}
