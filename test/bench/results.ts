import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Machine } from "./machine.ts";
import type { Outcome } from "./row.ts";

export interface Results extends Outcome {
  readonly schemaVersion: 1;
  /** Of the newest of them. */
  readonly measuredAt: string;
  /** False: small data, shows nothing but that the benchmark works. */
  readonly fullSize: boolean;
  readonly machine: Machine;
}

const directory = join(import.meta.dirname, "..", "..", "bench");

function fileOf(fullSize: boolean): string {
  return join(directory, fullSize ? "results.json" : "quick-results.json");
}

/** Of the last runs at full size; undefined where there are none. */
export async function readResults(fullSize = true): Promise<Results | undefined> {
  try {
    return JSON.parse(await readFile(fileOf(fullSize), "utf8")) as Results;
  } catch {
    return undefined;
  }
}

/** Adds what was measured to what earlier runs measured of other things. */
export async function keepResults(
  measured: Outcome & Pick<Results, "measuredAt" | "machine">,
  fullSize: boolean,
): Promise<Results> {
  const before = await readResults(fullSize);
  const results: Results = {
    schemaVersion: 1,
    measuredAt: measured.measuredAt,
    fullSize,
    machine: measured.machine,
    rows: newest(before?.rows, measured.rows, ({ id }) => id),
    downtimes: newest(before?.downtimes, measured.downtimes ?? [], ({ id }) => id),
    samples: { ...before?.samples, ...measured.samples },
  };
  await mkdir(directory, { recursive: true });
  await writeFile(fileOf(fullSize), `${JSON.stringify(results, null, 2)}\n`);
  return results;
}

/** What was measured again stays in its place. */
function newest<T>(before: readonly T[] = [], now: readonly T[], key: (each: T) => string): T[] {
  return [...new Map([...before, ...now].map((each) => [key(each), each])).values()];
}
