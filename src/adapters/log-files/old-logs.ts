import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { logTime } from "./log-names.ts";

const dayMs = 86_400_000;

/**
 * Removes the logs of runs that began more than `days` ago, 0 keeps all. Only files named as ours
 * are looked at. Returns the names of those removed; a directory that is not there has none.
 */
export async function removeOldLogs(logDir: string, days: number, now: Date): Promise<string[]> {
  if (days <= 0) return [];
  const removed: string[] = [];
  for (const name of (await namesIn(logDir)).sort()) {
    const time = logTime(name);
    if (time === undefined || now.getTime() - time.getTime() <= days * dayMs) continue;
    await rm(join(logDir, name), { force: true });
    removed.push(name);
  }
  return removed;
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
