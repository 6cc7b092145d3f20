import { mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";

/** Beside the parts while they are written. */
export const spoolDirectory = ".spool";

export async function makeSpool(partial: string): Promise<string> {
  const spool = join(partial, spoolDirectory);
  await mkdir(spool, { recursive: true, mode: 0o700 });
  return realpath(spool); // a repository's path may be a link, which a source must not be
}
