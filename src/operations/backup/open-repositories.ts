import { didYouMean } from "../../domain/suggest.ts";
import { StackholdError } from "../../errors.ts";
import type { Lock } from "../../ports/locks.ts";
import type { Repository } from "../../ports/repository.ts";
import type { Context, Deps } from "../context.ts";
import { hasStoredIn } from "../points/has-stored-in.ts";

export interface OpenRepositories extends AsyncDisposable {
  readonly usable: readonly Repository[];
  /** Why a repository takes no part in this run, by name. */
  readonly unusable: ReadonlyMap<string, unknown>;
  /** Names of those that earlier runs wrote to, and that were not there any more. */
  readonly renewed: ReadonlySet<string>;
}

export function chooseRepositories(
  names: readonly string[],
  all: readonly Repository[],
): Repository[] {
  return names.map((name) => {
    const found = all.find((repository) => repository.name === name);
    if (found !== undefined) return found;
    const known = all.map((repository) => repository.name);
    throw new StackholdError(
      "UNKNOWN_REPOSITORY",
      `there is no repository "${name}"${didYouMean(name, known)}`,
      { hint: `the configuration has ${known.join(", ")}` },
    );
  });
}

/** An unmounted disk looks like a repository that was never there. */
export function renewedText(name: string): string {
  return `repository ${name} was not there any more and was made anew, without earlier points: is its disk mounted?`;
}

/** Says what a dead run left there and removes it; right after it was opened. */
export async function sweepRepository(
  repository: Repository,
  host: string,
  { emit }: Pick<Context, "emit">,
): Promise<void> {
  for (const partial of await repository.sweep(host, { recent: true })) {
    const message = `removed the partial point ${partial.backupId} that a dead run left`;
    emit({ type: "log", unit: partial.unit, level: "info", message });
  }
}

/** Two configurations may give one directory two names; the lock is on the directory. */
export function repositoryLock(repository: Repository): string {
  return `repository/${repository.localPaths[0] ?? repository.name}`;
}

/**
 * Locks and opens what the run writes to, and removes what killed runs left there. Throws when
 * none can be used; LOCKED always, since waiting for it is the caller's decision.
 */
export async function openRepositories(
  repositories: readonly Repository[],
  host: string,
  deps: Deps,
  context: Context,
): Promise<OpenRepositories> {
  const locks: Lock[] = [];
  const release = async () => {
    for (const lock of locks.reverse()) await lock.release();
  };
  const unusable = new Map<string, unknown>();
  const renewed = new Set<string>();
  const open = async (repository: Repository): Promise<void> => {
    const { name } = repository;
    try {
      const opened = await repository.open();
      if (opened === "made" && hasStoredIn(name, deps)) renewed.add(name);
      await sweepRepository(repository, host, context);
    } catch (error) {
      unusable.set(name, error);
    }
  };
  try {
    for (const repository of repositories) {
      const what = `backup into ${repository.name}`;
      locks.push(await deps.locks.acquire(repositoryLock(repository), "run", what, context.signal));
    }
    // Beside each other: each may be waited for.
    await Promise.all(repositories.map(open));
    const usable = repositories.filter(({ name }) => !unusable.has(name));
    if (usable.length === 0) throw unusable.get(repositories[0]?.name ?? "");
    return { usable, unusable, renewed, [Symbol.asyncDispose]: release };
  } catch (error) {
    await release();
    throw error;
  }
}
