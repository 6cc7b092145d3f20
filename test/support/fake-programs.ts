import { chmod, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram, searchPath } from "../bed/paths.ts";

export interface FakePrograms extends AsyncDisposable {
  /** The value of PATH. */
  readonly path: string;
}

/**
 * A PATH on which some programs are shell scripts; `$REAL` is the program that one stands for.
 */
export async function fakePrograms(scripts: Record<string, string>): Promise<FakePrograms> {
  const directory = await mkdtemp(join(tmpdir(), "stackhold-path-"));
  for (const [name, script] of Object.entries(scripts)) {
    const file = join(directory, name);
    await writeFile(file, `#!/bin/sh\nREAL='${findProgram(name)}'\n${script}\n`);
    await chmod(file, 0o755);
  }
  return on(directory, `${directory}:${searchPath()}`);
}

/** A PATH with all that is on ours, but not these programs. */
export async function pathWithout(...programs: readonly string[]): Promise<FakePrograms> {
  const directory = await mkdtemp(join(tmpdir(), "stackhold-path-"));
  for (const place of searchPath().split(":")) {
    const names = await readdir(place).catch(() => []);
    for (const name of names.filter((each) => !programs.includes(each))) {
      // The first one on PATH is the one that counts.
      await symlink(join(place, name), join(directory, name)).catch(() => undefined);
    }
  }
  return on(directory, directory);
}

function on(directory: string, path: string): FakePrograms {
  return {
    path,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
