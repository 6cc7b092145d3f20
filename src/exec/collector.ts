import { StackholdError } from "../errors.ts";

export interface Collector {
  add(chunk: Buffer): void;
  bytes(): Buffer;
}

/** Keeps the last `limit` bytes. */
export function tailCollector(limit: number): Collector {
  let kept = Buffer.alloc(0);
  return {
    add(chunk) {
      const all = Buffer.concat([kept, chunk]);
      kept = all.length > limit ? all.subarray(all.length - limit) : all;
    },
    bytes: () => kept,
  };
}

/** Keeps everything; throws TOOL_FAILED when it is more than `limit` bytes. */
export function boundedCollector(limit: number, program: string): Collector {
  const chunks: Buffer[] = [];
  let size = 0;
  return {
    add(chunk) {
      size += chunk.length;
      if (size > limit) {
        throw new StackholdError("TOOL_FAILED", `${program} printed more than ${limit} bytes`);
      }
      chunks.push(chunk);
    },
    bytes: () => Buffer.concat(chunks),
  };
}
