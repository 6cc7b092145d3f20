import type { ConnectResult, DisconnectResult } from "../../domain/repository-results.ts";
import { repositoryLock } from "../backup/open-repositories.ts";
import type { Context, Deps } from "../context.ts";
import { type Administered, administered } from "./chosen.ts";
import { inEach } from "./in-each.ts";

type ConnectDeps = Pick<Deps, "repositories" | "locks">;

/** Connects with repositories that are there; makes none. */
export async function connectRepositories(
  name: string | undefined,
  deps: ConnectDeps,
  context: Context,
): Promise<ConnectResult> {
  return locked(name, deps, context, "connecting", async ({ administration }) => {
    await administration.connect(context.signal);
    return { connected: true };
  });
}

/** Forgets connections and their caches; whatever needs one connects again. */
export async function disconnectRepositories(
  name: string | undefined,
  deps: ConnectDeps,
  context: Context,
): Promise<DisconnectResult> {
  return locked(name, deps, context, "disconnecting", async ({ administration }) => ({
    wasConnected: await administration.disconnect(),
  }));
}

/** Not beside a run that uses the connection. */
async function locked<T>(
  name: string | undefined,
  { repositories, locks }: ConnectDeps,
  context: Context,
  doing: string,
  work: (repository: Administered) => Promise<T>,
) {
  const fit = administered(name, repositories, "a connection");
  context.emit({ type: "run.started", operation: "repository", units: [] });
  return inEach(fit, async (repository) => {
    const what = `${doing} ${repository.name}`;
    const lock = repositoryLock(repository);
    await using _lock = await locks.acquire(lock, "run", what, context.signal);
    return await work(repository);
  });
}
