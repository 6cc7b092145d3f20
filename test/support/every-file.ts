import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";

/** What all files below say, one after the other, but for those of these names. */
export async function everyFile(directory: string, ...but: string[]): Promise<string> {
  const names = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile() && !but.includes(basename(entry.name)));
  const texts = files.map((entry) => readFile(join(entry.parentPath, entry.name), "latin1"));
  return (await Promise.all(texts)).join("\n");
}
