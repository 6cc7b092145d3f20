import { closeSync, openSync, writeSync } from "node:fs";

const batchBytes = 64 * 1024;

/** Records into a new private file, each ended by NUL, for whoever cannot wait: at most a batch is held back. */
export interface RecordAppender {
  add(records: readonly string[]): void;
  close(): void;
}

export function appendRecords(file: string): RecordAppender {
  const handle = openSync(file, "w", 0o600);
  let waiting = "";
  const flush = () => {
    const bytes = Buffer.from(waiting, "latin1");
    for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
    waiting = "";
  };
  return {
    add: (records) => {
      for (const record of records) waiting += `${record}\0`;
      if (waiting.length >= batchBytes) flush();
    },
    close: () => {
      try {
        flush();
      } finally {
        closeSync(handle);
      }
    },
  };
}
