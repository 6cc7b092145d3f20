import { mkdir, mkdtemp, readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { isAlive, ownMark, type ProcessMark } from "../../exec/process-mark.ts";
import type { StateSpool } from "../../ports/spool.ts";

/** `<state_dir>/spool/<pid>.<start time>.<boot>/<random>`: each name says who may still need it. */
export function createStateSpool({ stateDir }: { readonly stateDir: string }): StateSpool {
  const all = join(stateDir, "spool");
  return {
    root: stateDir,
    make: async () => {
      const own = join(all, nameOf(ownMark()));
      await mkdir(own, { recursive: true, mode: 0o700 });
      const path = await mkdtemp(join(own, "unit-"));
      return {
        path,
        [Symbol.asyncDispose]: async () => {
          await rm(path, { recursive: true, force: true });
          // Another unit's may still be there.
          await rmdir(own).catch(() => undefined);
        },
      };
    },
    sweep: async () => {
      const dead = (await namesIn(all)).filter((name) => !isNeeded(name));
      const paths = dead.map((name) => join(all, name));
      for (const path of paths) await rm(path, { recursive: true, force: true });
      return paths;
    },
  };
}

function nameOf({ pid, startTime, boot }: ProcessMark): string {
  return `${pid}.${startTime}.${boot}`;
}

function isNeeded(name: string): boolean {
  const [pid = "", startTime = "", boot = ""] = name.split(".");
  return isAlive({ pid: Number(pid), startTime, boot });
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (failure) {
    if (failure instanceof Error && "code" in failure && failure.code === "ENOENT") return [];
    throw failure;
  }
}
