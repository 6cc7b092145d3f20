import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Machine } from "./machine.ts";
import type { Outcome, Row } from "./row.ts";

export interface Results {
  readonly schemaVersion: 1;
  readonly measuredAt: string;
  /** False: small data, shows nothing but that the benchmark works. */
  readonly fullSize: boolean;
  readonly machine: Machine;
  readonly rows: readonly Row[];
  /** By name, in milliseconds or, where the name begins with memory, bytes. */
  readonly samples: Outcome["samples"];
}

const file = join(import.meta.dirname, "..", "..", "bench", "results.json");

export async function writeResults(results: Results): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
}
