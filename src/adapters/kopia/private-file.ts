import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** The whole text under the name, or nothing; for its owner alone, durable when it returns. */
export async function writePrivately(file: string, text: string): Promise<void> {
  const temporary = `${file}.tmp`;
  await rm(temporary, { force: true });
  {
    await using handle = await open(temporary, "wx", 0o600);
    await handle.writeFile(text);
    await handle.sync();
  }
  await rename(temporary, file);
  await using directory = await open(dirname(file), "r");
  await directory.sync();
}
