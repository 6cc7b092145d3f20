import type { RecordReader } from "./record-file.ts";

/** Walks sorted records beside another sorted list. */
export interface SortedBeside<T> {
  /**
   * Goes on to a name: hands over all that come before it and answers with the one that has it. False
   * where `fill` is due first.
   */
  reach(name: string, onBefore: (entry: T) => void): boolean;
  readonly found: T | undefined;
  fill(): Promise<void>;
  /** Hands over all that are left. */
  finish(onBefore: (entry: T) => void): Promise<void>;
}

export function sortedBeside<T extends { readonly name: string }>(
  reader: RecordReader,
  parse: (record: string) => T,
): SortedBeside<T> {
  let coming: T | undefined;
  let found: T | undefined;
  const look = () => {
    if (coming !== undefined) return coming;
    const record = reader.peek();
    if (record === undefined) return undefined;
    reader.next();
    coming = parse(record);
    return coming;
  };
  return {
    get found() {
      return found;
    },
    reach: (name, onBefore) => {
      found = undefined;
      for (;;) {
        if (coming === undefined && reader.isDry) return false;
        const entry = look();
        if (entry === undefined || entry.name > name) return true;
        coming = undefined;
        if (entry.name === name) {
          found = entry;
          return true;
        }
        onBefore(entry);
      }
    },
    fill: () => reader.fill(),
    finish: async (onBefore) => {
      for (;;) {
        if (coming === undefined && reader.isDry) await reader.fill();
        const entry = look();
        if (entry === undefined) return;
        coming = undefined;
        onBefore(entry);
      }
    },
  };
}
