import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** The whole content under the name, or nothing; for its owner alone, durable when it returns. */
export async function writePrivately(file: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${file}.tmp`;
  await rm(temporary, { force: true });
  {
    await using handle = await open(temporary, "wx", 0o600);
    await handle.writeFile(content);
    await handle.sync();
  }
  await rename(temporary, file);
  await using directory = await open(dirname(file), "r");
  await directory.sync();
}
