import type { EngineAccess } from "./access.ts";
import { run } from "./run.ts";

/** Removes everything that an engine has but images. */
export async function wipe({ env }: EngineAccess): Promise<void> {
  await removeAll(env, ["ps", "-aq", "--no-trunc"], ["rm", "-fv"]);
  await removeAll(env, ["volume", "ls", "-q"], ["volume", "rm", "-f"]);
  const custom = ["network", "ls", "-q", "--no-trunc", "--filter", "type=custom"];
  await removeAll(env, custom, ["network", "rm"]);
}

async function removeAll(env: NodeJS.ProcessEnv, list: string[], remove: string[]): Promise<void> {
  const { stdout } = await run(["docker", ...list], { env, timeoutMs: 10_000 });
  const ids = stdout.split("\n").filter(Boolean);
  if (ids.length > 0) await run(["docker", ...remove, ...ids], { env, timeoutMs: 600_000 }); // a volume of a million files
}
