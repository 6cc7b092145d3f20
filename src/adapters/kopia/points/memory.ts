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

export function createMemory(directory: string): Memory {
  const stem = (source: string) => createHash("sha256").update(source).digest("hex").slice(0, 32);
  return {
    find: async (source, snapshots) => {
      const own = snapshots.filter((snapshot) => formatSource(snapshot.source) === source);
      const [latest] = own
        .filter(({ incomplete }) => incomplete === undefined)
        .sort((one, other) => (one.startTime < other.startTime ? 1 : -1));
      if (latest === undefined) return undefined;
      // What a snapshot saved of itself on the way began when it did.
      const isLater = ({ incomplete, startTime }: Snapshot) =>
        incomplete !== undefined && startTime > latest.startTime;
      if (own.some(isLater)) return undefined;
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

async function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}
