import { createHash } from "node:crypto";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Snapshot } from "../snapshots.ts";
import { formatSource } from "./sources.ts";

/**
 * Kopia takes a file for unchanged by size, mode and mtime, against the latest snapshot of its source and whatever
 * later one was broken off. Beside that goes what shows that a file was written since: a file named after
 * the snapshot that it belongs to, which is worth nothing for any other.
 */
export interface Memory {
  /** What the next snapshot of a source will be compared with, if all of it is known. */
  find(source: string, snapshots: readonly Snapshot[]): Promise<string | undefined>;
  /** Takes the file. */
  keep(source: string, snapshot: string, file: string): Promise<void>;
}

/** The snapshot that a remembered file belongs to. */
export function snapshotOf(file: string): string {
  return file.slice(file.lastIndexOf(".") + 1);
}

export function createMemory(directory: string): Memory {
  const stem = (source: string) => createHash("sha256").update(source).digest("hex").slice(0, 32);
  return {
    find: async (source, snapshots) => {
      const latest = comparedWith(
        snapshots.filter((snapshot) => formatSource(snapshot.source) === source),
      );
      if (latest === undefined) return undefined;
      const name = `${stem(source)}.${latest.id}`;
      return (await namesIn(directory)).includes(name) ? join(directory, name) : undefined;
    },
    keep: async (source, snapshot, file) => {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const name = `${stem(source)}.${snapshot}`;
      await rename(file, join(directory, name));
      for (const other of await namesIn(directory)) {
        const isOld = other.startsWith(`${stem(source)}.`) && other !== name;
        if (isOld) await rm(join(directory, other), { force: true });
      }
    },
  };
}

/** As kopia 0.22 chooses it (snapshot/manager.go, FindPreviousManifests); undefined where it takes more than one. */
export function comparedWith(own: readonly Snapshot[]): Snapshot | undefined {
  const isComplete = ({ incomplete }: Snapshot) => incomplete === undefined;
  const latest = own.filter(isComplete).reduce<Snapshot | undefined>((found, each) => {
    return found === undefined || isLater(each, found) ? each : found;
  }, undefined);
  if (latest === undefined) return undefined;
  const isBrokenOff = own.some((each) => !isComplete(each) && isLater(each, latest));
  const isTwice = own.some((each) => each !== latest && isComplete(each) && !isLater(latest, each));
  return isBrokenOff || isTwice ? undefined : latest;
}

/** RFC 3339 in UTC with up to nine digits of a fraction, of which Kopia leaves out zeros at the end. */
export function isLater(one: Snapshot, other: Snapshot): boolean {
  return comparable(one.startTime) > comparable(other.startTime);
}

function comparable(time: string): string {
  const [, whole = "", fraction = ""] = /^(.*?)(?:\.(\d+))?Z$/.exec(time) ?? [];
  return `${whole}.${fraction.padEnd(9, "0")}`;
}

async function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}
