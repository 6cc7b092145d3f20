import { Buffer } from "node:buffer";
import { type FileHandle, open } from "node:fs/promises";
import { recordSplitter } from "../../../exec/records.ts";

const batchBytes = 32 * 1024;

/**
 * Records of a file in latin1, in batches. Through one buffer: new ones for each batch would pile up
 * outside the heap until it is cleaned.
 */
export async function* readBatches(
  file: string,
  separator: "\0" | "\n",
  signal?: AbortSignal,
): AsyncGenerator<readonly string[]> {
  const splitter = recordSplitter(separator);
  await using handle = await open(file, "r");
  const buffer = Buffer.allocUnsafe(batchBytes);
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, batchBytes, null);
    if (bytesRead === 0) break;
    yield splitter.push(buffer.subarray(0, bytesRead));
  }
  yield splitter.rest();
}

/** One record after the other, without a promise for each. Disposing of it closes the file. */
export interface RecordReader extends AsyncDisposable {
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
    [Symbol.asyncDispose]: async () => void (await batches.return(undefined)),
  };
}

/** Records into a new private file, each ended by NUL. */
export interface RecordWriter {
  write(records: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export async function writeRecordFile(file: string): Promise<RecordWriter> {
  const handle: FileHandle = await open(file, "w", 0o600);
  let buffer = Buffer.allocUnsafe(2 * batchBytes);
  return {
    write: async (records) => {
      if (records.length === 0) return;
      const text = `${records.join("\0")}\0`;
      if (text.length > buffer.length) buffer = Buffer.allocUnsafe(text.length);
      await handle.writeFile(buffer.subarray(0, buffer.write(text, "latin1")));
    },
    close: () => handle.close(),
  };
}
