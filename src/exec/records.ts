import { StackholdError } from "../errors.ts";

/** A record longer than this is a fault of the writer, not something to hold in memory. */
const longest = 1024 * 1024;

export interface RecordSplitter {
  /** The records that the chunk completes, without their separators. */
  push(chunk: Buffer): string[];
  /** What follows the last separator, if anything. */
  rest(): string[];
}

/** Splits bytes into latin1 strings, so that names of any bytes survive. */
export function recordSplitter(separator: "\n" | "\0"): RecordSplitter {
  let carried = "";
  return {
    push(chunk) {
      const records = (carried + chunk.toString("latin1")).split(separator);
      carried = records.pop() ?? "";
      if (carried.length > longest) {
        throw new StackholdError("TOOL_FAILED", "a program printed a record of more than 1 MiB");
      }
      return records;
    },
    rest: () => (carried === "" ? [] : [carried]),
  };
}
