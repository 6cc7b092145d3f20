import { readdirSync, readFileSync } from "node:fs";

export interface ArgvWatch extends Disposable {
  /** Command lines of processes that were seen, each once. */
  seen(): string[];
}

/** Looks at the command lines of all processes of this machine, as any user could, every few milliseconds. */
export function watchArgv(): ArgvWatch {
  const lines = new Set<string>();
  const look = () => {
    for (const name of readdirSync("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      try {
        lines.add(readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " "));
      } catch {
        // It ended meanwhile.
      }
    }
  };
  const timer = setInterval(look, 5);
  return {
    seen: () => [...lines],
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
