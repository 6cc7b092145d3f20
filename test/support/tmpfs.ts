import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../bed/run.ts";

export interface SmallDisk extends AsyncDisposable {
  readonly path: string;
  /** `ro`, `rw` or `size=…`. */
  remount(option: string): Promise<void>;
}

/** A file system of its own, e.g. of a size that is soon used up. Wants root. */
export async function smallDisk(size: string): Promise<SmallDisk> {
  const path = await mkdtemp(join(tmpdir(), "stackhold-disk-"));
  await run(["mount", "-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path]);
  return {
    path,
    remount: async (option) => void (await run(["mount", "-o", `remount,${option}`, path])),
    async [Symbol.asyncDispose]() {
      await run(["umount", "-l", path]);
      await rm(path, { recursive: true, force: true });
    },
  };
}
