import { spawn } from "node:child_process";
import { join } from "node:path";
import { guardMark, mark } from "./processes.ts";

/**
 * Stops the engine when this process dies without doing so, by an interrupt or `kill -9` included: a shell
 * waits for the end of a pipe that only we hold open. It bears the engine's mark, so that `stop` ends it.
 */
export function guardEngine(name: string, id: string): void {
  const script = `read -r _; unset ${mark}; exec "$0" "$@"`;
  const command = [process.execPath, join(import.meta.dirname, "main.ts"), "down", "--name", name];
  const guard = spawn("/bin/sh", ["-c", script, ...command], {
    cwd: "/",
    env: { ...process.env, [mark]: id, [guardMark]: id },
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  guard.on("error", () => {}); // without a guard the next start cleans up
  guard.unref();
  if ("unref" in guard.stdin && typeof guard.stdin.unref === "function") guard.stdin.unref();
}
