import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { parseJson } from "../../../domain/manifest-text.ts";
import { isAlive, ownMark } from "../../../exec/process-mark.ts";
import type { PointRef } from "../../../ports/repository.ts";

/** A point that is being written: what is gathered for it, private, on this host. */
const writerFile = "writer.json";

const refSchema = z.object({ host: z.string(), unit: z.string(), backupId: z.string() });
const writerSchema = z.object({
  ref: refSchema,
  mark: z.object({ pid: z.int(), startTime: z.string(), boot: z.string() }),
});

export function writingDirectory(root: string, { host, unit, backupId }: PointRef): string {
  const name = createHash("sha256")
    .update(JSON.stringify([host, unit, backupId]))
    .digest("hex");
  return join(root, name.slice(0, 32));
}

/** False where the point is being written, or was left behind, already. */
export async function claim(directory: string, ref: PointRef): Promise<boolean> {
  await mkdir(join(directory, ".."), { recursive: true, mode: 0o700 });
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (failure) {
    if (failure instanceof Error && "code" in failure && failure.code === "EEXIST") return false;
    throw failure;
  }
  const text = JSON.stringify({ ref, mark: ownMark() });
  await writeFile(join(directory, writerFile), `${text}\n`, { mode: 0o600 });
  return true;
}

/** Of every point that is being written, or was when its process died. */
export async function claims(
  root: string,
): Promise<{ readonly directory: string; readonly ref?: PointRef; readonly isLiving: boolean }[]> {
  const names = await readdir(root).catch(() => []);
  return Promise.all(
    names.map(async (name) => {
      const directory = join(root, name);
      const text = await readFile(join(directory, writerFile), "utf8").catch(() => "");
      const read = writerSchema.safeParse(parseJson(text));
      if (!read.success) return { directory, isLiving: false };
      return { directory, ref: read.data.ref, isLiving: isAlive(read.data.mark) };
    }),
  );
}

export async function release(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
}
