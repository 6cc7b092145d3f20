import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { isAlive, ownMark } from "../../exec/process-mark.ts";
import { writeDurably } from "./durable.ts";

/** Tells a point that is being written from one that a killed run left. */
export const writerFile = "writer.json";

const writerSchema = z.object({ pid: z.int().positive(), startTime: z.string(), boot: z.string() });

export async function markWriter(directory: string): Promise<void> {
  await writeDurably(join(directory, writerFile), `${JSON.stringify(ownMark())}\n`);
}

/** Whether the process that marked the directory still lives. */
export async function hasLivingWriter(directory: string): Promise<boolean> {
  try {
    const text = await readFile(join(directory, writerFile), "utf8");
    return isAlive(writerSchema.parse(JSON.parse(text)));
  } catch {
    return false;
  }
}
