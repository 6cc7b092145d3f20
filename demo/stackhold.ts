import { join } from "node:path";
import type { EngineAccess } from "../test/bed/access.ts";
import { interruption } from "../test/support/interruption.ts";
import { newestManifest } from "../test/support/newest-manifest.ts";
import { createWorkspace } from "../test/support/workspace.ts";
import { runInSight } from "./child.ts";
import { command, say } from "./terminal.ts";

const program = join(import.meta.dirname, "..", "stackhold");

/** The built program with a configuration of its own. */
export interface Stackhold extends AsyncDisposable {
  /** Runs it in sight; gives the milliseconds that it took, throws unless it exits 0. */
  run(...args: string[]): Promise<number>;
  /** What the newest point says of itself. */
  newestPoint(unit: string): PointFacts;
}

export interface PointFacts {
  readonly downtimeMs: number;
  readonly bytes: number;
  readonly storedBytes: number;
}

export async function openStackhold(engine: EngineAccess): Promise<Stackhold> {
  const host = "demo";
  const workspace = await createWorkspace(engine, { config: { host, recovery: undefined } });
  return {
    run: async (...args) => {
      command(`stackhold ${args.join(" ")}`);
      say();
      const began = performance.now();
      const argv = [program, "--config", workspace.configFile, ...args];
      const code = await runInSight(argv, engine.env, interruption);
      say();
      if (code !== 0) throw new Error(`stackhold ${args[0]} ended with exit code ${code}`);
      return performance.now() - began;
    },
    newestPoint: (unit) => {
      const { downtimeMs, parts } = newestManifest(workspace, unit, host);
      const sum = (key: "bytes" | "storedBytes") => parts.reduce((all, part) => all + part[key], 0);
      return { downtimeMs, bytes: sum("bytes"), storedBytes: sum("storedBytes") };
    },
    [Symbol.asyncDispose]: () => workspace[Symbol.asyncDispose](),
  };
}
