import { randomBytes } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Expected, expectedSchema } from "./expected.ts";

const fileName = "kopi-docka.json";

const memorySchema = z.object({
  format: z.literal(1),
  /** By the object of a recipe, whose content never changes. */
  recipes: z.record(z.string(), expectedSchema),
});

/** What recipes were found to say; nothing where that is lost, which only costs time. */
export async function recall(stateDir: string): Promise<ReadonlyMap<string, Expected>> {
  try {
    const text = await readFile(join(stateDir, fileName), "utf8");
    return new Map(Object.entries(memorySchema.parse(JSON.parse(text)).recipes));
  } catch {
    return new Map();
  }
}

/** Best effort: where it cannot be written, recipes are read again. */
export async function remember(
  stateDir: string,
  recipes: ReadonlyMap<string, Expected>,
): Promise<void> {
  const path = join(stateDir, fileName);
  const partial = `${path}.${randomBytes(6).toString("hex")}`;
  const content = { format: 1, recipes: Object.fromEntries(recipes) };
  try {
    await writeFile(partial, `${JSON.stringify(content)}\n`, { mode: 0o600, flag: "wx" });
    await rename(partial, path);
  } catch {
    // The next listing takes as long as this one.
  }
}
