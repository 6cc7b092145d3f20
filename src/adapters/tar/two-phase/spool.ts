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
  return {
    at,
    now: async () => {
      const file = at("now");
      await rm(file, { force: true });
      await (await open(file, "wx", 0o600)).close();
      return (await stat(file)).ctimeMs / 1000;
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
