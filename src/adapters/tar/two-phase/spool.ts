import { open, rm, stat } from "node:fs/promises";
import { join } from "node:path";

export interface Spool {
  at(name: string): string;
  /** Now, in seconds, by the clock that stamps files. */
  now(): Promise<number>;
  remove(): Promise<void>;
}

export function createSpool(directory: string): Spool {
  const at = (name: string) => join(directory, name);
  let asked = 0;
  return {
    at,
    now: async () => {
      // Of its own: passes for several repositories share a spool.
      asked += 1;
      const file = at(`now.${asked}`);
      await (await open(file, "wx", 0o600)).close();
      const { ctimeMs } = await stat(file);
      await rm(file);
      return ctimeMs / 1000;
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
