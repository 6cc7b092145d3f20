import { readFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { z } from "zod";
import { writeDurably } from "./durable.ts";

/** Tells a point that is being written from one that a killed run left. */
export const writerFile = "writer.json";

const writerSchema = z.object({ pid: z.int().positive(), startTime: z.string(), boot: z.string() });

export async function markWriter(directory: string): Promise<void> {
  const writer = {
    pid: process.pid,
    startTime: (await startTime(process.pid)) ?? "",
    boot: await bootId(),
  };
  await writeDurably(join(directory, writerFile), `${JSON.stringify(writer)}\n`);
}

/** Whether the process that marked the directory still lives: same pid, start and boot. */
export async function hasLivingWriter(directory: string): Promise<boolean> {
  try {
    const text = await readFile(join(directory, writerFile), "utf8");
    const writer = writerSchema.parse(JSON.parse(text));
    if (writer.boot !== (await bootId())) return false;
    return (await startTime(writer.pid)) === writer.startTime;
  } catch {
    return false;
  }
}

/** Field 22 of /proc/PID/stat, clock ticks since boot; proc_pid_stat(5). */
async function startTime(pid: number): Promise<string | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

async function bootId(): Promise<string> {
  return (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
}
