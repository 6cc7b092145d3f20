import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { recordSplitter } from "../../../exec/records.ts";

/** Records of a file in latin1, in batches. */
export async function* readBatches(
  file: string,
  separator: "\0" | "\n",
  signal?: AbortSignal,
): AsyncGenerator<readonly string[]> {
  const splitter = recordSplitter(separator);
  const options = { highWaterMark: 32 * 1024, ...(signal === undefined ? {} : { signal }) };
  for await (const chunk of createReadStream(file, options)) yield splitter.push(chunk);
  yield splitter.rest();
}

/** One record after the other, without a promise for each. */
export interface RecordReader {
  /** Nothing can be read on before `fill`. */
  readonly isDry: boolean;
  /** One at a time; then `isDry` is false. */
  fill(): Promise<void>;
  /** The record to come, undefined at the end of the file. */
  peek(): string | undefined;
  next(): void;
}

export function readRecordFile(
  file: string,
  separator: "\0" | "\n",
  signal?: AbortSignal,
): RecordReader {
  const batches = readBatches(file, separator, signal);
  let batch: readonly string[] = [];
  let index = 0;
  let isOver = false;
  return {
    get isDry() {
      return index >= batch.length && !isOver;
    },
    fill: async () => {
      while (index >= batch.length && !isOver) {
        const { value, done } = await batches.next();
        isOver = done === true;
        batch = value ?? [];
        index = 0;
      }
    },
    peek: () => batch[index],
    next: () => {
      index += 1;
    },
  };
}

/** Records into a new private file, each ended by NUL. */
export interface RecordWriter {
  write(records: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export async function writeRecordFile(file: string): Promise<RecordWriter> {
  const handle: FileHandle = await open(file, "w", 0o600);
  return {
    write: async (records) => {
      if (records.length > 0) await handle.writeFile(`${records.join("\0")}\0`, "latin1");
    },
    close: () => handle.close(),
  };
}
