import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { Holder } from "../../ports/locks.ts";

const holderSchema = z.object({
  pid: z.int().positive(),
  role: z.enum(["run", "recovery"]),
  what: z.string(),
  since: z.string(),
});

/** Synchronous, so that between taking a lock and naming its holder nothing else happens here. */
export function writeHolder(file: string, holder: Holder): void {
  const temporary = `${file}.${holder.pid}.tmp`;
  writeFileSync(temporary, JSON.stringify(holder), { mode: 0o600 });
  renameSync(temporary, file);
}

export function removeHolder(file: string): void {
  rmSync(file, { force: true });
}

/** Undefined when nobody is named, or the one who is named is gone. */
export function readHolder(file: string): Holder | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const holder = holderSchema.safeParse(parse(text)).data;
  return holder !== undefined && isAlive(holder.pid) ? holder : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
