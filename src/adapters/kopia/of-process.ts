import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { processStart } from "../../exec/process-start.ts";

const pattern = /^(?:connecting|calling)-(\d+)-(\d+)-/;

/** Whether a name of the state directory is that of a directory that lives no longer than its process. */
export function isOfProcess(name: string): boolean {
  return pattern.test(name);
}

/** Makes a private one, for a new connection or for what Kopia itself makes during a call. */
export async function makeOfProcess(
  stateDir: string,
  purpose: "connecting" | "calling",
): Promise<string> {
  const own = `${purpose}-${process.pid}-${processStart(process.pid)}-${randomUUID()}`;
  const directory = join(stateDir, own);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return directory;
}

/** Removes those of processes that were killed. */
export async function sweepOfProcesses(stateDir: string): Promise<void> {
  for (const name of await readdir(stateDir)) {
    const [, pid, start] = pattern.exec(name) ?? [];
    if (pid === undefined || processStart(Number(pid)) === start) continue;
    await rm(join(stateDir, name), { recursive: true, force: true });
  }
}
