import { mkdir, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SmallFile } from "../../ports/capture.ts";
import { systemError } from "./errno.ts";

/** Any would do, as long as it stays. */
const always = 0;

/** A directory's time changes with what comes into it, so all times are set at the end. */
export async function layOut(directory: string, files: readonly SmallFile[]): Promise<void> {
  try {
    await mkdir(directory, { mode: 0o700 });
    const made = new Set([directory]);
    for (const { path, content } of files) {
      const file = join(directory, path);
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeFile(file, content, { mode: 0o600, flag: "wx" });
      for (let at = file; !made.has(at); at = dirname(at)) made.add(at);
    }
    for (const path of made) await utimes(path, always, always);
  } catch (failure) {
    throw systemError(failure, `cannot write ${directory}`);
  }
}
