import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Started } from "./stackhold.ts";

/** A hook that waits until it is let go. */
export interface HeldHook extends AsyncDisposable {
  readonly program: string;
  /** Resolves when the run waits for it. */
  reached(run: Started): Promise<void>;
  release(): Promise<void>;
}

export async function heldHook(): Promise<HeldHook> {
  const directory = await mkdtemp(join(tmpdir(), "stackhold-held-hook-"));
  const [program, mark] = [join(directory, "hook"), join(directory, "waits")];
  const wait = `while test -e ${mark}; do sleep 0.05; done`;
  await writeFile(program, `#!/bin/sh\ntouch ${mark}\n${wait}\n`);
  await chmod(program, 0o755);
  return {
    program,
    reached: async (run) => {
      while (!existsSync(mark)) {
        if (run.process.exitCode !== null) {
          const { stdout, stderr } = await run.finished;
          throw new Error(`the run ended without its hook: ${stdout}${stderr}`);
        }
        await delay(10);
      }
    },
    release: () => rm(mark),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
