/** Changes data in place, as services do: a program of its own, for a script to call at its moment. */
import { randomBytes, randomInt } from "node:crypto";
import { mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";

const files = 100;
const fileBytes = 500_000;
const pageBytes = 8192;

/** 50 MB in a hundred files. */
export async function writeFiles(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (let index = 0; index < files; index += 1) {
    await writeFile(join(directory, `file-${index}`), randomBytes(fileBytes));
  }
}

/** One page in a hundred, anywhere in the file. */
async function rewritePages(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    const pages = Math.floor((await file.stat()).size / pageBytes);
    for (let done = 0; done < pages / 100; done += 1) {
      await file.write(randomBytes(pageBytes), 0, pageBytes, randomInt(pages) * pageBytes);
    }
  } finally {
    await file.close();
  }
}

/** What can be changed: the first arguments of this program. */
const changes = { files: writeFiles, pages: rewritePages };
export type ChangeKind = keyof typeof changes;

if (import.meta.main) {
  const [kind, path] = process.argv.slice(2);
  await changes[kind as ChangeKind](path ?? "");
}
