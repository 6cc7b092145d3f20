import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import type { Clock } from "../../ports/clock.ts";
import type { HashedFile } from "../byte-streams/hash-file.ts";
import { isMissing } from "./errors.ts";

export interface Follower {
  /** The writer has ended: reads the rest, makes the file durable and private. */
  finish(): Promise<HashedFile>;
  /** Idempotent; also after `finish`. */
  abandon(): Promise<void>;
}

/** One early flush at a time per repository: each holds a thread that others wait for. */
export interface Flushing {
  busy: boolean;
}

const readSize = 1 << 20;
const pollMs = 25;
const flushEvery = 256 << 20;

/**
 * Hashes a file while another process writes it, from the page cache, and starts its write-back
 * early. With 3 GB on two cores this took a fifth off archive, checksum and flush together as
 * against hashing afterwards, and 0 to 18 % more for the archive alone.
 */
export function followHash(path: string, clock: Clock, flushing: Flushing): Follower {
  const writerEnded = new AbortController();
  const abandoned = new AbortController();
  const anything = AbortSignal.any([writerEnded.signal, abandoned.signal]);
  const pause = () => clock.sleep(pollMs, anything);

  const appear = async (): Promise<FileHandle | undefined> => {
    while (!abandoned.signal.aborted) {
      const last = writerEnded.signal.aborted;
      try {
        return await open(path, "r");
      } catch (thrown) {
        if (last || !isMissing(thrown)) throw thrown;
      }
      await pause();
    }
    return undefined;
  };

  const digest = async (file: FileHandle): Promise<HashedFile> => {
    const hash = createHash("sha256");
    const buffer = Buffer.allocUnsafe(readSize);
    const flusher = earlyFlusher(file, flushing);
    let bytes = 0;
    while (!abandoned.signal.aborted) {
      const last = writerEnded.signal.aborted;
      const { bytesRead } = await file.read(buffer, 0, readSize, bytes);
      hash.update(buffer.subarray(0, bytesRead));
      bytes += bytesRead;
      flusher.reached(bytes);
      if (bytesRead === 0 && last) break;
      if (bytesRead === 0) await pause();
    }
    await flusher.settle();
    return { sha256: hash.digest("hex"), bytes };
  };

  const work = (async () => {
    const file = await appear();
    if (file === undefined) return { sha256: "", bytes: 0 };
    try {
      const hashed = await digest(file);
      if (abandoned.signal.aborted) return hashed;
      await file.chmod(0o600);
      await file.sync();
      return hashed;
    } finally {
      await file.close();
    }
  })();
  work.catch(() => undefined);

  return {
    finish: () => {
      writerEnded.abort();
      return work;
    },
    abandon: async () => {
      abandoned.abort();
      await work.catch(() => undefined);
    },
  };
}

/** A failed flush is told once per open file by the kernel, so it is kept until `settle`. */
function earlyFlusher(file: FileHandle, flushing: Flushing) {
  let flushed = 0;
  let running: Promise<void> = Promise.resolve();
  let failure: { readonly thrown: unknown } | undefined;
  return {
    reached: (bytes: number): void => {
      if (flushing.busy || bytes - flushed < flushEvery) return;
      flushing.busy = true;
      flushed = bytes;
      running = file
        .datasync()
        .catch((thrown: unknown) => {
          failure ??= { thrown };
        })
        .finally(() => {
          flushing.busy = false;
        });
    },
    settle: async (): Promise<void> => {
      await running;
      if (failure !== undefined) throw failure.thrown;
    },
  };
}
